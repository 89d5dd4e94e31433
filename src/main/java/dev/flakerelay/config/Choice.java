package dev.flakerelay.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** A word of a fixed list or a number of a fixed range, and the help for one who mistypes it. */
public final class Choice {
  private Choice() {}

  /**
   * Reads an enum's constant by its name in the file: {@code PULL_REQUEST} is {@code pull-request}.
   */
  public static <E extends Enum<E>> Function<String, E> of(Class<E> type) {
    List<E> constants = List.of(type.getEnumConstants());
    List<String> names = constants.stream().map(Choice::name).toList();
    return text -> {
      int index = names.indexOf(text);
      if (index < 0) {
        throw new IllegalArgumentException("unknown value: " + hint(text, names));
      }
      return constants.get(index);
    };
  }

  /** Reads {@code true} or {@code false}. */
  public static boolean truth(String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("write true or false");
    };
  }

  /** Reads a number of 1 to 100. */
  public static int upTo100(String text) {
    if (!text.matches("[1-9][0-9]?|100")) {
      throw new IllegalArgumentException("write a number of 1 to 100");
    }
    return Integer.parseInt(text);
  }

  /** "did you mean push?" where a known word is close, else all of them. */
  public static String hint(String word, Collection<String> known) {
    return closest(word, known)
        .map(name -> "did you mean " + name + "?")
        .orElse("known are " + String.join(", ", known));
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static Optional<String> closest(String word, Collection<String> known) {
    String typed = folded(word);
    return known.stream()
        .filter(name -> isClose(typed, folded(name)))
        .min(Comparator.comparingInt(name -> distance(typed, folded(name))));
  }

  private static boolean isClose(String typed, String name) {
    boolean beginning = typed.length() >= 3 && (name.startsWith(typed) || typed.startsWith(name));
    return beginning || distance(typed, name) <= (name.length() + 1) / 3;
  }

  private static String folded(String word) {
    return word.toLowerCase(Locale.ROOT).replace("_", "").replace("-", "");
  }

  /**
   * How many letters to add, drop, change or swap with their neighbour (the optimal string
   * alignment distance); 99 for long words.
   */
  private static int distance(String from, String to) {
    if (from.length() > 40) {
      return 99;
    }
    int[][] steps = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        steps[i][j] = i == 0 || j == 0 ? i + j : least(steps, from, to, i, j);
      }
    }
    return steps[from.length()][to.length()];
  }

  private static int least(int[][] steps, String from, String to, int i, int j) {
    int change = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
    int least =
        Math.min(steps[i - 1][j - 1] + change, Math.min(steps[i - 1][j], steps[i][j - 1]) + 1);
    boolean swapped =
        i > 1
            && j > 1
            && from.charAt(i - 1) == to.charAt(j - 2)
            && from.charAt(i - 2) == to.charAt(j - 1);
    return swapped ? Math.min(least, steps[i - 2][j - 2] + 1) : least;
  }
}
