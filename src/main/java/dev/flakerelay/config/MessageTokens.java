package dev.flakerelay.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Splits a template's line into its {@link MessagePiece}s. */
final class MessageTokens {
  private static final String HOLE = "\\{[a-z0-9]+}";
  private static final String BRACKET = "\\[()<>\"`\\]";

  /** A full stop and its like, where a sentence ends. */
  private static final String STOP = "[.!?](?=\\s|$|[" + BRACKET + "])";

  private static final String MARK = "-+>|=+>|<-+|\\.{2,}|[→…:,;|@&=]|" + STOP;

  private static final Pattern TOKEN =
      Pattern.compile(
          "(?<before>\\s*)(?:"
              + ("(?<url>[a-z][a-z0-9+.-]*://(?:"
                  + HOLE
                  + "|(?!"
                  + STOP
                  + ")[^\\s"
                  + BRACKET
                  + "])*)")
              + ("|(?<mark>" + MARK + ")")
              + ("|(?<bracket>[" + BRACKET + "])")
              + ("|(?<word>(?:" + HOLE + "|(?!" + MARK + ")[^\\s" + BRACKET + "])+)")
              + ")");

  private static final Pattern MEANING = Pattern.compile(".*[\\p{L}\\p{N}{].*");

  private record Token(String before, String text, boolean isMark, boolean isBracket) {}

  private final List<Token> tokens;

  private MessageTokens(List<Token> tokens) {
    this.tokens = tokens;
  }

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException if a placeholder in it is unknown or not closed
   */
  static List<MessagePiece> read(String line) {
    MessageWord.check(line);
    List<Token> tokens = new ArrayList<>();
    Matcher matcher = TOKEN.matcher(line.stripTrailing());
    while (matcher.find()) {
      String before = matcher.group("before");
      String text = matcher.group().substring(before.length());
      boolean mark = matcher.group("mark") != null || !MEANING.matcher(text).matches();
      tokens.add(new Token(before, text, mark, matcher.group("bracket") != null));
    }
    return new MessageTokens(tokens).pieces(0, tokens.size());
  }

  private List<MessagePiece> pieces(int from, int to) {
    List<MessagePiece> pieces = new ArrayList<>();
    for (int i = from; i < to; i++) {
      Token token = tokens.get(i);
      int close = token.isBracket() ? closing(i, to) : -1;
      if (close >= 0) {
        Token end = tokens.get(close);
        pieces.add(
            new MessagePiece.Group(
                token.before(), token.text(), pieces(i + 1, close), end.before(), end.text()));
        i = close;
      } else if (token.isMark()) {
        pieces.add(new MessagePiece.Mark(token.before(), token.text()));
      } else {
        pieces.add(new MessagePiece.Word(token.before(), token.text()));
      }
    }
    return List.copyOf(pieces);
  }

  /** Where the bracket is closed, or -1: then it is a mark like others. */
  private int closing(int open, int to) {
    String opening = tokens.get(open).text();
    String wanted =
        switch (opening) {
          case "(" -> ")";
          case "[" -> "]";
          case "<" -> ">";
          case ")", "]", ">" -> "";
          default -> opening;
        };
    int depth = 0;
    for (int i = open + 1; i < to; i++) {
      String text = tokens.get(i).text();
      if (tokens.get(i).isBracket() && text.equals(wanted) && depth-- == 0) {
        return i;
      }
      if (tokens.get(i).isBracket() && text.equals(opening)) {
        depth++;
      }
    }
    return -1;
  }
}
