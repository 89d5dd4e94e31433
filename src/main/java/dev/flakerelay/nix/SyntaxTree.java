package dev.flakerelay.nix;

import dev.flakerelay.PermanentException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads the literals in an expression as {@code nix-instantiate --parse} prints it: normalised,
 * without comments, every compound expression in parentheses. What is no literal is skipped.
 *
 * <p>An example: {@code { inputs = { a = { url = "github:o/r"; }; }; outputs = ({ self, ... }: 1);
 * }}.
 */
final class SyntaxTree {
  /** As deep as attribute sets may be in each other; of an input of an input it is 6. */
  private static final int DEEPEST = 100;

  /** An interpolated name of an attribute, {@code "${…}"}, is open. */
  private static final char INTERPOLATION = '$';

  private static final Literal COMPUTED = new Literal.Computed();

  private final String text;
  private final String base;
  private int position;

  private SyntaxTree(String text, String base) {
    this.text = text;
    this.base = base;
  }

  /**
   * Reads an expression.
   *
   * @param printed what nix printed
   * @param base the folder that the file's path literals were resolved in
   * @throws PermanentException if it is no attribute set, or nested too deeply
   */
  static Literal.Attributes read(byte[] printed, String base) throws PermanentException {
    // One character a byte: what is skipped need not be UTF-8.
    String bytes = new String(base.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    SyntaxTree tree = new SyntaxTree(new String(printed, StandardCharsets.ISO_8859_1), bytes);
    if (!tree.isSet()) {
      throw new PermanentException("flake.nix is no attribute set");
    }
    return tree.attributes(0);
  }

  private boolean isSet() {
    return isAt("{ ") || isAt("rec { ");
  }

  private Literal.Attributes attributes(int depth) throws PermanentException {
    if (depth > DEEPEST) {
      throw new PermanentException(
          "flake.nix has more than " + DEEPEST + " attribute sets in each other");
    }
    boolean isRecursive = take("rec ");
    expect("{");
    Map<String, Literal> members = new LinkedHashMap<>();
    boolean isDynamic = false;
    while (!take("}")) {
      if (take("inherit ")) {
        inherit(members);
      } else if (isAt("\"${")) {
        isDynamic = true;
        skip(";");
      } else {
        String name = name();
        expect("=");
        members.put(name, value(depth));
      }
      expect(";");
    }
    if (isRecursive && isRedefining(members.keySet())) {
      throw new PermanentException("flake.nix gives names of Nix's own another meaning by `rec`");
    }
    return new Literal.Attributes(members, isDynamic);
  }

  /** These would change what is read as a literal here. */
  private static boolean isRedefining(Set<String> names) {
    return names.contains("true") || names.contains("false") || names.contains("__overrides");
  }

  private void inherit(Map<String, Literal> members) throws PermanentException {
    if (isAt("(")) {
      take("(");
      skip(")");
      expect(")");
    }
    while (!isAt(";")) {
      members.put(name(), COMPUTED);
    }
  }

  private Literal value(int depth) throws PermanentException {
    blanks();
    Literal value = isSet() ? attributes(depth + 1) : simple();
    blanks();
    if (isAt(";")) {
      return value;
    }
    skip(";");
    return value instanceof Literal.Function ? value : COMPUTED;
  }

  private Literal simple() throws PermanentException {
    char first = current();
    if (first == '"' && !isAt("\"${")) {
      return new Literal.Text(string());
    }
    if (first == '/') {
      return new Literal.FilePath(decoded(path()));
    }
    if (first == '(') {
      int start = position;
      Literal function = function().orElse(COMPUTED);
      position = start;
      return function;
    }
    if (isIdentifier(first)) {
      return word(identifier());
    }
    return COMPUTED;
  }

  private static Literal word(String word) {
    if (word.equals("true") || word.equals("false")) {
      return new Literal.Flag(word.equals("true"));
    }
    // nix's own scanner refuses larger ones.
    return word.matches("[0-9]{1,18}") ? new Literal.Whole(Long.parseLong(word)) : COMPUTED;
  }

  /** {@code (name: body)} or {@code ({ a, b ? default, ... } @ name: body)}, up to the colon. */
  private Optional<Literal> function() throws PermanentException {
    take("(");
    Set<String> arguments = new TreeSet<>();
    if (take("{")) {
      while (!take("}")) {
        if (!take("...")) {
          arguments.add(name());
        }
        if (take("?")) {
          skip(",}");
        }
        if (!take(",") && !isAt("}")) {
          return Optional.empty();
        }
      }
      if (take("@")) {
        name();
      }
    } else if (isIdentifier(current())) {
      name();
    }
    return take(":") ? Optional.of(new Literal.Function(arguments)) : Optional.empty();
  }

  /** Goes on to one of some characters that is outside of all that is opened from here on. */
  private void skip(String ends) throws PermanentException {
    Deque<Character> open = new ArrayDeque<>();
    while (!open.isEmpty() || ends.indexOf(current()) < 0) {
      char here = current();
      if (isAt("\"${")) {
        open.push(INTERPOLATION);
        position += 3;
      } else if (here == '"') {
        bytes();
      } else if (here == '/') {
        path();
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

  private String name() throws PermanentException {
    blanks();
    return current() == '"' ? string() : decoded(identifier());
  }

  private String identifier() throws PermanentException {
    int start = position;
    while (isIdentifier(current()) || current() == '-') {
      position++;
    }
    if (start == position) {
      throw notUnderstood();
    }
    return text.substring(start, position);
  }

  private static boolean isIdentifier(char any) {
    return any < 128 && (Character.isLetterOrDigit(any) || any == '_' || any == '\'' || any == '.');
  }

  private String string() throws PermanentException {
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

  /** Where flake.nix lies may be called anything; the characters of a literal itself are few. */
  private String path() {
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

  private String decoded(String bytes) throws PermanentException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.getBytes(StandardCharsets.ISO_8859_1)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new PermanentException("flake.nix has a text that is not UTF-8", e);
    }
  }

  private boolean isAt(String expected) {
    return text.startsWith(expected, position);
  }

  private boolean take(String expected) {
    blanks();
    boolean isThere = isAt(expected);
    position += isThere ? expected.length() : 0;
    return isThere;
  }

  private void expect(String expected) throws PermanentException {
    if (!take(expected)) {
      throw notUnderstood();
    }
  }

  private void blanks() {
    while (position < text.length() && text.charAt(position) == ' ') {
      position++;
    }
  }

  private char current() throws PermanentException {
    if (position >= text.length()) {
      throw notUnderstood();
    }
    return text.charAt(position);
  }

  private static PermanentException notUnderstood() {
    return new PermanentException("flake.nix can't be read: this nix prints it in an unknown form");
  }
}
