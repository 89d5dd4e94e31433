package dev.flakerelay.config.read;

import dev.flakerelay.config.Target;
import dev.flakerelay.config.TargetRef;
import dev.flakerelay.config.name.GitName;
import dev.flakerelay.config.name.GitUrl;
import dev.flakerelay.config.yaml.Cursor;
import dev.flakerelay.config.yaml.Section;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Pattern;

/** Reads one target of a route: a flake in a Git repository. */
final class TargetReader {
  /** What nix takes as an input's name on its command line. */
  private static final Pattern INPUT = Pattern.compile("[a-zA-Z][a-zA-Z0-9_-]*");

  private TargetReader() {}

  static Optional<Target> target(Section section) {
    var repository =
        section.required("repository", "https://github.com/owner/name.git", GitUrl::parse);
    var branch = section.required("branch", "main", GitName::branch);
    var directory = section.optional("directory", ".", GitName::folder);
    var inputs = inputs(section);
    var submodules =
        section
            .optional("submodules", "[vendor/name]")
            .flatMap(value -> value.list(distinct(GitName::submodule)));
    return section.make(
        () ->
            new Target(
                new TargetRef(
                    repository.orElseThrow(), branch.orElseThrow(), directory.orElse(".")),
                inputs.orElseThrow(),
                submodules.orElse(List.of())));
  }

  private static Optional<List<String>> inputs(Section section) {
    Optional<Cursor> one = section.optional("input", "name");
    Optional<Cursor> several = section.optional("inputs", "[name, other]");
    if (several.isEmpty()) {
      return section.required("input", "name", TargetReader::input).map(List::of);
    }
    return one.isPresent()
        ? one.get().problem("inputs is there as well: keep one of the two")
        : several.get().someOf(distinct(TargetReader::input));
  }

  private static String input(String text) {
    if (!INPUT.matcher(text).matches()) {
      throw new IllegalArgumentException(
          "not an input's name: a letter, then letters, digits, _ and -;"
              + " an input of an input (a/b) can't be updated");
    }
    return text;
  }

  private static Function<Cursor, Optional<String>> distinct(Function<String, String> parse) {
    return Cursor.distinct(item -> item.text(parse));
  }
}
