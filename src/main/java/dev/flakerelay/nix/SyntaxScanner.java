package dev.flakerelay.nix;

import dev.flakerelay.PermanentException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;

/** The words, strings and paths of an expression that {@code nix-instantiate --parse} printed. */
final class SyntaxScanner {
  /** An interpolated name of an attribute, {@code "${…}"}, is open. */
  private static final char INTERPOLATION = '$';

  private final String text;
  private final String base;
  private int position;

  /**
   * Begins at the first character.
   *
   * @param printed what nix printed
   * @param base the folder that the file's path literals were resolved in
   */
  SyntaxScanner(byte[] printed, String base) {
    // One character a byte: what is skipped need not be UTF-8.
    this.text = new String(printed, StandardCharsets.ISO_8859_1);
    this.base = new String(base.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
  }

  /** Goes on to one of some characters that is outside of all that is opened from here on. */
  void skip(String ends) throws PermanentException {
    Deque<Character> open = new ArrayDeque<>();
    while (!open.isEmpty() || ends.indexOf(current()) < 0) {
      char here = current();
      if (isAt("\"${")) {
        open.push(INTERPOLATION);
        position += 3;
      } else if (here == '"') {
        bytes();
      } else if (here == '/') {
        pathBytes();
      } else {
        position++;
        if (here == '(' || here == '[' || here == '{') {
          open.push(here);
        } else if (here == ')' || here == ']' || here == '}') {
          if (open.isEmpty()) {
            throw notUnderstood();
          }
          if (open.pop() == INTERPOLATION) {
            expect("\"");
          }
        }
      }
    }
  }

  /** The name of an attribute or of an argument. */
  String name() throws PermanentException {
    blanks();
    return current() == '"' ? string() : decoded(identifier());
  }

  String identifier() throws PermanentException {
    int start = position;
    while (isIdentifier(current()) || current() == '-') {
      position++;
    }
    if (start == position) {
      throw notUnderstood();
    }
    return text.substring(start, position);
  }

  static boolean isIdentifier(char any) {
    return any < 128 && (Character.isLetterOrDigit(any) || any == '_' || any == '\'' || any == '.');
  }

  /** A string in double quotes, without its escapes. */
  String string() throws PermanentException {
    return decoded(bytes());
  }

  private String bytes() throws PermanentException {
    position++;
    StringBuilder value = new StringBuilder();
    while (current() != '"') {
      char next = current();
      position++;
      if (next == '\\') {
        next =
            switch (current()) {
              case 'n' -> '\n';
              case 'r' -> '\r';
              case 't' -> '\t';
              default -> current();
            };
        position++;
      }
      value.append(next);
    }
    position++;
    return value.toString();
  }

  /** An absolute path. */
  String path() throws PermanentException {
    return decoded(pathBytes());
  }

  /** Where flake.nix lies may be called anything; the characters of a literal itself are few. */
  private String pathBytes() {
    int start = position;
    while (position - start < base.length()
        && position < text.length()
        && text.charAt(position) == base.charAt(position - start)) {
      position++;
    }
    while (position < text.length()
        && (isIdentifier(text.charAt(position)) || "/+-".indexOf(text.charAt(position)) >= 0)) {
      position++;
    }
    return text.substring(start, position);
  }

  private static String decoded(String bytes) throws PermanentException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new PermanentException("flake.nix has a text that is not UTF-8", e);
    }
  }

  int position() {
    return position;
  }

  /** Goes back to read it again. */
  void backTo(int start) {
    position = start;
  }

  boolean isAt(String expected) {
    return text.startsWith(expected, position);
  }

  /** Reads this, after blanks, if it comes next; whether it did. */
  boolean take(String expected) {
    blanks();
    boolean isThere = isAt(expected);
    position += isThere ? expected.length() : 0;
    return isThere;
  }

  void expect(String expected) throws PermanentException {
    if (!take(expected)) {
      throw notUnderstood();
    }
  }

  void blanks() {
    while (position < text.length() && text.charAt(position) == ' ') {
      position++;
    }
  }

  char current() throws PermanentException {
    if (position >= text.length()) {
      throw notUnderstood();
    }
    return text.charAt(position);
  }

  private static PermanentException notUnderstood() {
    return new PermanentException("flake.nix can't be read: this nix prints it in an unknown form");
  }
}
