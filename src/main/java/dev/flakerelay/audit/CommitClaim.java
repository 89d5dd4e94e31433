package dev.flakerelay.audit;

import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import dev.flakerelay.update.publish.CommitText;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a commit's message claims in flake-relay's trailers. They are found in any paragraph but the
 * first, as Git and people add to a message: {@code git cherry-pick -x} and {@code git commit
 * --signoff} in the same paragraph, a squash merge at a forge in one of its own below.
 *
 * @param trailers flake-relay's own, in order
 * @param text the message to the last of them: what stands below was added by others
 */
record CommitClaim(List<Trailer> trailers, String text) {
  /** One line {@code name: value} ("git interpret-trailers" in Git's manual). */
  record Trailer(String name, String value) {
    /** Whether it has this name, in any case. */
    boolean is(String other) {
      return name.equalsIgnoreCase(other);
    }
  }

  /**
   * 7 to 64 hex digits that are no part of a longer word. What follows a {@code +}, {@code ~} or
   * {@code /} belongs to a version or a name. A bare number is a revision only as what stands in
   * parentheses, and no date.
   */
  private static final Pattern REVISION_IN_TEXT =
      Pattern.compile(
          "(?<![\\w.+~/-])(?=[0-9]*[a-f])[0-9a-f]{7,64}(?![\\w-]|\\.\\w)"
              + "|(?<=\\()(?!(?:19|20)\\d\\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01]))"
              + "[0-9]{7,64}(?=\\))",
          Pattern.CASE_INSENSITIVE);

  private static final Pattern OWN =
      Pattern.compile(
          "("
              + String.join(
                  "|",
                  CommitText.INPUT,
                  CommitText.REVISION,
                  CommitText.PREVIOUS,
                  CommitText.DELIVERY)
              + ")[ \\t]*:(.*)",
          Pattern.CASE_INSENSITIVE | Pattern.DOTALL);

  /** A trailer, its continuation, or what Git itself adds among them. */
  private static final Pattern AMONG_TRAILERS =
      Pattern.compile(
          "[A-Za-z0-9-]+[ \\t]*:.*|[ \\t].*|\\(cherry picked from commit .*", Pattern.DOTALL);

  private static final Pattern LINE_END = Pattern.compile("\\r?\\n");

  /** Reads a message; one without flake-relay's trailers claims nothing. */
  static CommitClaim of(String message) {
    String[] lines = LINE_END.split(message, -1);
    List<Trailer> trailers = new ArrayList<>();
    int end = 0;
    int start = paragraphEnd(lines, 0);
    while (start < lines.length) {
      int next = paragraphEnd(lines, start);
      if (isClaim(lines, start, next)) {
        for (int i = start; i < next; i++) {
          Matcher own = OWN.matcher(lines[i]);
          if (own.matches()) {
            trailers.add(new Trailer(own.group(1), own.group(2).strip()));
            end = i + 1;
          }
        }
      }
      start = Math.max(next, start + 1);
    }
    return new CommitClaim(
        List.copyOf(trailers), String.join("\n", List.of(lines).subList(0, end)));
  }

  /** The number of the first line that is blank, from a line on. */
  private static int paragraphEnd(String[] lines, int from) {
    int end = from;
    while (end < lines.length && !lines[end].isBlank()) {
      end++;
    }
    return end;
  }

  /**
   * Whether a paragraph's trailers count: nothing else is in it, or a revision is named, which a
   * sentence that begins with a trailer's name does not.
   */
  private static boolean isClaim(String[] lines, int start, int end) {
    boolean pure = start < end;
    for (int i = start; i < end; i++) {
      Matcher own = OWN.matcher(lines[i]);
      boolean named = own.matches() && Revision.find(own.group(2).strip()).isPresent();
      if (named && own.group(1).equalsIgnoreCase(CommitText.REVISION)) {
        return true;
      }
      pure &= AMONG_TRAILERS.matcher(lines[i]).matches();
    }
    return pure;
  }

  /** Whether there are any. */
  boolean isMade() {
    return !trailers.isEmpty();
  }

  /** The values of all trailers with this name, in order. */
  List<String> values(String name) {
    return trailers.stream().filter(trailer -> trailer.is(name)).map(Trailer::value).toList();
  }

  /**
   * Holds a text of the message to the trailers.
   *
   * @throws PermanentException if it names a revision that they do not
   */
  void requireLocked(String some) throws PermanentException {
    List<String> revisions = new ArrayList<>(values(CommitText.REVISION));
    revisions.addAll(values(CommitText.PREVIOUS));
    List<String> names = new ArrayList<>(values(CommitText.INPUT));
    names.addAll(values(CommitText.DELIVERY));
    Matcher named = REVISION_IN_TEXT.matcher(some);
    while (named.find()) {
      String word = named.group();
      String digits = word.toLowerCase(Locale.ROOT);
      if (revisions.stream().noneMatch(revision -> revision.startsWith(digits))
          && !names.contains(word)) {
        throw new PermanentException("its message names " + word + ", which it does not lock");
      }
    }
  }

  /** What it says that was locked: {@code input → revision}. */
  @Override
  public String toString() {
    Set<String> revisions = new LinkedHashSet<>(values(CommitText.REVISION));
    return String.join(", ", values(CommitText.INPUT)) + " → " + String.join(", ", revisions);
  }
}
