package dev.flakerelay.nix;

import dev.flakerelay.PermanentException;
import dev.flakerelay.VisibleText;
import dev.flakerelay.flake.SourceFlake;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * An input's place in flake.nix, where its values are read and refused.
 *
 * @param names those that lead to it; empty for the flake itself
 */
record InputPlace(List<String> names) {
  /** The flake itself. */
  static final InputPlace FLAKE = new InputPlace(List.of());

  private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9_-]*");

  /** The place of one of its inputs. */
  InputPlace input(String name) {
    List<String> further = new ArrayList<>(names);
    further.add(name);
    return new InputPlace(List.copyOf(further));
  }

  /** A value that is true or false. */
  boolean flag(Literal value, String name) throws PermanentException {
    if (value instanceof Literal.Flag(boolean flag)) {
      return flag;
    }
    throw computed(name);
  }

  /** The names that a value for {@code follows} has; none lead to the flake itself. */
  List<String> follows(Literal value) throws PermanentException {
    if (!(value instanceof Literal.Text(String text))) {
      throw computed("follows");
    }
    List<String> path = Arrays.stream(text.split("/", -1)).filter(name -> !name.isEmpty()).toList();
    for (String name : path) {
      if (!NAME.matcher(name).matches()) {
        throw refused(" follows what is no name of an input");
      }
    }
    return path;
  }

  /** The members of an attribute set; of the input itself if {@code attribute} is empty. */
  Map<String, Literal> members(Literal value, String attribute) throws PermanentException {
    if (value instanceof Literal.Attributes(Map<String, Literal> members, boolean isDynamic)
        && !isDynamic) {
      return members;
    }
    throw computed(attribute);
  }

  /** A value that is no literal, or not of the type that nix takes. */
  PermanentException computed(String attribute) {
    return refused(
        (attribute.isEmpty() ? "" : ": `" + VisibleText.word(attribute) + "`")
            + " is computed, or not of the type that nix takes there: only literals are");
  }

  /** What is wrong with it, as a sentence that begins with its name. */
  PermanentException refused(String why) {
    return new PermanentException(
        (names.isEmpty() ? "flake.nix" : "the input `" + SourceFlake.text(names) + "` in flake.nix")
            + why);
  }
}
