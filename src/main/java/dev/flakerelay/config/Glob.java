package dev.flakerelay.config;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/**
 * A pattern as GitHub Actions' filters have it ("Workflow syntax for GitHub Actions", Filter
 * pattern cheat sheet): {@code *} any characters but {@code /}, {@code **} any, <code>**&#47;
 * </code> any folders or none, {@code ?} the character before it or none, {@code +} it once or more
 * often, {@code [a-z0-9]} one of these, {@code \} takes the next one as it is. It is for the whole
 * text, and case counts. The time to match grows with text and pattern, and no faster.
 */
public final class Glob {
  /** What one step takes. */
  private enum Kind {
    ONE,
    NO_SLASH,
    ANY,
    FOLDERS
  }

  /**
   * A step.
   *
   * @param set the characters that {@link Kind#ONE} takes
   */
  private record Step(Kind kind, BitSet set, boolean optional, boolean repeated) {
    boolean takes(int character) {
      return switch (kind) {
        case ONE -> set.get(character);
        case NO_SLASH -> character != '/';
        case ANY, FOLDERS -> true;
      };
    }
  }

  private final String pattern;
  private final List<Step> steps = new ArrayList<>();

  /**
   * Reads a pattern.
   *
   * @throws IllegalArgumentException if it has another form
   */
  public Glob(String pattern) {
    this.pattern = pattern;
    int at = 0;
    while (at < pattern.length()) {
      at = read(at);
    }
  }

  private int read(int at) {
    char character = pattern.charAt(at);
    return switch (character) {
      case '*' -> stars(at);
      case '?', '+' -> {
        repeat(character == '?');
        yield at + 1;
      }
      case '[' -> list(at);
      case '\\' -> {
        require(at + 1 < pattern.length(), "nothing follows the \\");
        yield one(at + 1);
      }
      default -> one(at);
    };
  }

  private int one(int at) {
    BitSet set = new BitSet();
    int character = pattern.codePointAt(at);
    set.set(character);
    steps.add(new Step(Kind.ONE, set, false, false));
    return at + Character.charCount(character);
  }

  private int stars(int at) {
    if (!pattern.startsWith("**", at)) {
      steps.add(new Step(Kind.NO_SLASH, new BitSet(), true, true));
      return at + 1;
    }
    boolean folders = pattern.startsWith("**/", at) && (at == 0 || pattern.charAt(at - 1) == '/');
    steps.add(new Step(folders ? Kind.FOLDERS : Kind.ANY, new BitSet(), true, true));
    return at + (folders ? 3 : 2);
  }

  private void repeat(boolean once) {
    require(
        !steps.isEmpty()
            && steps.getLast().kind() == Kind.ONE
            && !steps.getLast().optional()
            && !steps.getLast().repeated(),
        "? and + follow the character that they are for");
    Step last = steps.removeLast();
    steps.add(new Step(last.kind(), last.set(), once, !once));
  }

  private int list(int at) {
    int end = pattern.indexOf(']', at);
    require(end > at + 1, "a [ needs characters and a ]");
    BitSet set = new BitSet();
    for (int i = at + 1; i < end; i++) {
      boolean range = i + 2 < end && pattern.charAt(i + 1) == '-';
      char last = pattern.charAt(range ? i + 2 : i);
      require(pattern.charAt(i) <= last, "a range goes from the lower to the higher character");
      set.set(pattern.charAt(i), last + 1);
      i += range ? 2 : 0;
    }
    steps.add(new Step(Kind.ONE, set, false, false));
    return end + 1;
  }

  private static void require(boolean right, String otherwise) {
    if (!right) {
      throw new IllegalArgumentException("not a pattern: " + otherwise);
    }
  }

  /** Whether a text is of this form. */
  public boolean matches(String text) {
    BitSet here = new BitSet();
    enter(0, here);
    for (int character : text.codePoints().toArray()) {
      BitSet next = new BitSet();
      here.stream()
          .filter(at -> at < steps.size() && steps.get(at).takes(character))
          .forEach(at -> advance(at, character, next));
      here = next;
    }
    return here.get(steps.size());
  }

  /** Stands before a step, and before those that can be left out. */
  private void enter(int step, BitSet at) {
    at.set(step);
    if (step < steps.size() && steps.get(step).optional()) {
      enter(step + 1, at);
    }
  }

  private void advance(int at, int character, BitSet next) {
    Step step = steps.get(at);
    if (step.kind() == Kind.FOLDERS) {
      // It may be left only where a folder's name has ended; it was entered past itself before.
      next.set(at);
      if (character == '/') {
        enter(at + 1, next);
      }
      return;
    }
    if (step.repeated()) {
      next.set(at);
    }
    enter(at + 1, next);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Glob glob && glob.pattern.equals(pattern);
  }

  @Override
  public int hashCode() {
    return pattern.hashCode();
  }

  @Override
  public String toString() {
    return pattern;
  }
}
