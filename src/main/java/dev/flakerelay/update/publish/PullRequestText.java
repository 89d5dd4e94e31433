package dev.flakerelay.update.publish;

import dev.flakerelay.ForgeHosts;
import dev.flakerelay.Revision;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.flake.MovedInput;
import dev.flakerelay.git.CommitObject;
import dev.flakerelay.update.Judge;
import java.util.List;
import java.util.Optional;

/**
 * What a pull request says of its commit, made from that commit and from what the target locks now.
 *
 * @param title the commit's subject
 * @param body Markdown
 */
record PullRequestText(String title, String body) {
  /** Of GitHub, in characters. */
  private static final int LONGEST_TITLE = 256;

  /**
   * Writes the text; the same for the same commit on the same head.
   *
   * @param commit one of ours
   * @param source where the revision comes from
   * @param forges says whose pages are known
   * @param ownBranch the branch that the commit is on
   */
  static PullRequestText of(
      CommitObject commit,
      List<CommitText.Move> moves,
      SourceBranch source,
      ForgeHosts forges,
      String ownBranch,
      Judge judge) {
    StringBuilder body = new StringBuilder("Moves in `flake.lock`:\n\n");
    for (CommitText.Move move : moves) {
      Revision to = move.assignment().job().revision();
      body.append("- `").append(move.input()).append("`: ");
      body.append(
          move.previous()
              .map(from -> fromTo(from, to, forges.known(source.url())))
              .orElse("to " + code(to)));
      body.append('\n');
    }
    CommitText.Move first = moves.getFirst();
    list(
        body,
        "Commits of the source:",
        first
            .previous()
            .map(old -> judge.subjectsSince(first.assignment(), old))
            .orElse(List.of()));
    list(body, "Moved with them:", MovedInput.linesIn(commit.message()));
    body.append("\nSource: ").append(source).append("  \n");
    commit.trailer(CommitText.DELIVERY).ifPresent(id -> body.append("Delivery: `" + id + "`\n"));
    body.append("\nA later release updates this pull request: its commit on `")
        .append(ownBranch)
        .append("` is replaced then, unless somebody else has pushed there.\n");
    String subject = commit.message().lines().findFirst().orElse("");
    int length = Math.min(LONGEST_TITLE, subject.codePointCount(0, subject.length()));
    return new PullRequestText(
        subject.substring(0, subject.offsetByCodePoints(0, length)), body.toString());
  }

  private static void list(StringBuilder body, String heading, List<String> lines) {
    if (!lines.isEmpty()) {
      body.append('\n').append(heading).append("\n\n");
      lines.forEach(line -> body.append("- ").append(QuotedLine.of(line)).append('\n'));
    }
  }

  private static String fromTo(Revision from, Revision to, Optional<ForgeHosts.Place> source) {
    String text = "from " + code(from) + " to " + code(to);
    return source.map(place -> text + " ([compare](" + place.compare(from, to) + "))").orElse(text);
  }

  private static String code(Revision revision) {
    return "`" + revision.hex() + "`";
  }
}
