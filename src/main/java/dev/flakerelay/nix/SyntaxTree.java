package dev.flakerelay.nix;

import dev.flakerelay.PermanentException;
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

  private static final Literal COMPUTED = new Literal.Computed();

  private final SyntaxScanner in;

  private SyntaxTree(SyntaxScanner in) {
    this.in = in;
  }

  /**
   * Reads an expression.
   *
   * @param printed what nix printed
   * @param base the folder that the file's path literals were resolved in
   * @throws PermanentException if it is no attribute set, or nested too deeply
   */
  static Literal.Attributes read(byte[] printed, String base) throws PermanentException {
    SyntaxTree tree = new SyntaxTree(new SyntaxScanner(printed, base));
    if (!tree.isSet()) {
      throw new PermanentException("flake.nix is no attribute set");
    }
    return tree.attributes(0);
  }

  private boolean isSet() {
    return in.isAt("{ ") || in.isAt("rec { ");
  }

  private Literal.Attributes attributes(int depth) throws PermanentException {
    if (depth > DEEPEST) {
      throw new PermanentException(
          "flake.nix has more than " + DEEPEST + " attribute sets in each other");
    }
    boolean isRecursive = in.take("rec ");
    in.expect("{");
    Map<String, Literal> members = new LinkedHashMap<>();
    boolean isDynamic = false;
    while (!in.take("}")) {
      if (in.take("inherit ")) {
        inherit(members);
      } else if (in.isAt("\"${")) {
        isDynamic = true;
        in.skip(";");
      } else {
        String name = in.name();
        in.expect("=");
        members.put(name, value(depth));
      }
      in.expect(";");
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
    if (in.take("(")) {
      in.skip(")");
      in.expect(")");
    }
    while (!in.isAt(";")) {
      members.put(in.name(), COMPUTED);
    }
  }

  private Literal value(int depth) throws PermanentException {
    in.blanks();
    Literal value = isSet() ? attributes(depth + 1) : simple();
    in.blanks();
    if (in.isAt(";")) {
      return value;
    }
    in.skip(";");
    return value instanceof Literal.Function ? value : COMPUTED;
  }

  private Literal simple() throws PermanentException {
    char first = in.current();
    if (first == '"' && !in.isAt("\"${")) {
      return new Literal.Text(in.string());
    }
    if (first == '/') {
      return new Literal.FilePath(in.path());
    }
    if (first == '(') {
      int start = in.position();
      Literal function = function().orElse(COMPUTED);
      in.backTo(start);
      return function;
    }
    if (SyntaxScanner.isIdentifier(first)) {
      return word(in.identifier());
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
    in.take("(");
    Set<String> arguments = new TreeSet<>();
    if (in.take("{")) {
      while (!in.take("}")) {
        if (!in.take("...")) {
          arguments.add(in.name());
        }
        if (in.take("?")) {
          in.skip(",}");
        }
        if (!in.take(",") && !in.isAt("}")) {
          return Optional.empty();
        }
      }
      if (in.take("@")) {
        in.name();
      }
    } else if (SyntaxScanner.isIdentifier(in.current())) {
      in.name();
    }
    return in.take(":") ? Optional.of(new Literal.Function(arguments)) : Optional.empty();
  }
}
