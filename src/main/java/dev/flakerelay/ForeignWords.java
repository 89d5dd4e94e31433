package dev.flakerelay;

/** What a server said, made fit for a line of ours: it may be anything, and of any length. */
public final class ForeignWords {
  private static final int MOST_CHARACTERS = 600;

  private ForeignWords() {}

  /** Its beginning, on one line and without control characters. Take out secrets before. */
  public static String brief(String words) {
    // Cut twice: what is in between takes long on long words.
    String line = cut(words, 4 * MOST_CHARACTERS).replaceAll("[\\s\\p{Cntrl}]+", " ").strip();
    return line.length() > MOST_CHARACTERS || words.length() > 4 * MOST_CHARACTERS
        ? cut(line, MOST_CHARACTERS) + "…"
        : line;
  }

  private static String cut(String text, int most) {
    if (text.length() <= most) {
      return text;
    }
    return text.substring(0, Character.isHighSurrogate(text.charAt(most - 1)) ? most - 1 : most);
  }
}
