package dev.flakerelay.flake;

import dev.flakerelay.VisibleText;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * The names that lead to an input, from a flake's own one on. It shares what it has in common with
 * others, as a stranger's lock may have very long ones.
 *
 * @param above the path to the flake that has the input; null for the first
 */
record InputPath(@Nullable InputPath above, String name) {
  private static final int MOST_NAMES = 10;

  static InputPath of(String input) {
    return new InputPath(null, input);
  }

  InputPath then(String input) {
    return new InputPath(this, input);
  }

  /** Its names; the middle of a long path tells nobody anything. */
  @Override
  public String toString() {
    Deque<String> names = new ArrayDeque<>();
    for (InputPath here = this; here != null && names.size() < MOST_NAMES; here = here.above) {
      names.addFirst(here.name);
    }
    return VisibleText.word(String.join("/", names));
  }
}
