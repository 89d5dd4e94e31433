package dev.flakerelay.update.publish;

import dev.flakerelay.Revision;
import dev.flakerelay.VisibleText;
import dev.flakerelay.config.message.Placeholder;
import dev.flakerelay.flake.MovedInput;
import dev.flakerelay.queue.Job;
import dev.flakerelay.update.Assignment;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The message of a commit, made from what was locked. To the text of the route's template it adds
 * what moved below the inputs, and the trailers {@code Flake-Input}, {@code Flake-Rev} and {@code
 * Flake-Previous-Rev} for each input, and {@code Relay-Delivery} ("git interpret-trailers" in Git's
 * manual).
 */
public final class CommitText {
  /** The trailer with an input that moved. */
  public static final String INPUT = "Flake-Input";

  /** The trailer with what it is locked at. */
  public static final String REVISION = "Flake-Rev";

  /** The trailer with what it was locked at before. */
  public static final String PREVIOUS = "Flake-Previous-Rev";

  /** The trailer with the delivery that asked for it. */
  public static final String DELIVERY = "Relay-Delivery";

  /** Of inputs that moved with others. */
  private static final int MOST_LINES = 20;

  private static final Pattern OWNER_AND_NAME = Pattern.compile("([^/:]+/[^/]+?)(?:\\.git)?/?$");

  private CommitText() {}

  /**
   * Writes the message.
   *
   * @param moves the inputs that one commit moves, all to the same revision
   * @param source where the revision comes from
   * @param below what moved with them
   */
  static String of(List<Move> moves, String source, List<MovedInput> below) {
    Assignment first = moves.getFirst().assignment();
    Job job = first.job();
    Revision revision = job.revision();
    Map<Placeholder, String> values = new EnumMap<>(Placeholder.class);
    values.put(
        Placeholder.INPUT, moves.stream().map(Move::input).collect(Collectors.joining(", ")));
    values.put(Placeholder.SHA, revision.hex());
    values.put(Placeholder.SHA7, revision.abbreviated());
    values.put(Placeholder.ROUTE, job.route());
    values.put(Placeholder.SOURCE, shortName(source));
    values.put(Placeholder.TARGET, shortName(job.repository()));
    job.version().ifPresent(version -> values.put(Placeholder.VERSION, version.text()));
    job.delivery().ifPresent(delivery -> values.put(Placeholder.DELIVERY, delivery));
    commonPrevious(moves)
        .ifPresent(
            old -> {
              values.put(Placeholder.OLD, old.hex());
              values.put(Placeholder.OLD7, old.abbreviated());
            });
    StringBuilder trailers = new StringBuilder();
    for (Move move : moves) {
      trailer(trailers, INPUT, move.input());
      trailer(trailers, REVISION, revision.hex());
      move.previous().ifPresent(old -> trailer(trailers, PREVIOUS, old.hex()));
    }
    job.delivery().ifPresent(id -> trailer(trailers, DELIVERY, VisibleText.of(id)));
    return first.route().commit().message().render(values, lines(below), trailers.toString());
  }

  private static String lines(List<MovedInput> below) {
    StringBuilder lines = new StringBuilder();
    below.stream().limit(MOST_LINES).forEach(each -> lines.append(each).append('\n'));
    int more = below.size() - MOST_LINES;
    return more > 0 ? lines + "and " + more + " more\n" : lines.toString();
  }

  private static void trailer(StringBuilder text, String name, String value) {
    text.append(name).append(": ").append(value).append('\n');
  }

  /** A message can name one previous revision only if all inputs had the same. */
  private static Optional<Revision> commonPrevious(List<Move> moves) {
    var different =
        moves.stream()
            .map(move -> move.previous().map(Revision::hex).orElse(""))
            .collect(Collectors.toCollection(TreeSet::new));
    return different.size() == 1 ? moves.getFirst().previous() : Optional.empty();
  }

  private static String shortName(String url) {
    Matcher matcher = OWNER_AND_NAME.matcher(url);
    return matcher.find() ? matcher.group(1) : url;
  }

  /**
   * One input that a commit moves.
   *
   * @param previous what was locked before; empty if that had no revision
   */
  public record Move(Assignment assignment, Optional<Revision> previous) {
    String input() {
      return assignment.job().input();
    }
  }
}
