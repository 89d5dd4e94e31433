package dev.flakerelay.config.message;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a commit message can name, written {@code {name}} in its template. */
public enum Placeholder {
  /** The flake input; of several, joined by a comma and a space. */
  INPUT,
  /** The release's version, if the dispatch named one. */
  VERSION,
  /** The revision that was locked, in full. */
  SHA,
  /** The first seven digits of {@link #SHA}. */
  SHA7,
  /** The revision that was locked before, in full, if there was one. */
  OLD,
  /** The first seven digits of {@link #OLD}. */
  OLD7,
  /** The route's name. */
  ROUTE,
  /** The source's repository. */
  SOURCE,
  /** The target's repository. */
  TARGET,
  /** The delivery's id, if a delivery asked for the update. */
  DELIVERY;

  /**
   * Reads a placeholder with its braces.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  static Placeholder parse(String text) {
    return Arrays.stream(values())
        .filter(placeholder -> placeholder.toString().equals(text))
        .findFirst()
        .orElseThrow(() -> unknown(text));
  }

  private static IllegalArgumentException unknown(String text) {
    String known =
        Arrays.stream(values()).map(Placeholder::toString).collect(Collectors.joining(" "));
    String what = text.length() > 1 ? "unknown placeholder " : "not part of a placeholder: ";
    return new IllegalArgumentException(what + text + ": known are " + known);
  }

  /** Whether it may have no value. */
  boolean isOptional() {
    return needsBrackets() || this == DELIVERY;
  }

  /** Whether a template must say what to leave out when it has no value. */
  boolean needsBrackets() {
    return this == VERSION || this == OLD || this == OLD7;
  }

  /** The name as a template writes it, with braces. */
  @Override
  public String toString() {
    return "{" + name().toLowerCase(Locale.ROOT) + "}";
  }
}
