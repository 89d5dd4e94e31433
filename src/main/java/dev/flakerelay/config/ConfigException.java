package dev.flakerelay.config;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;

/** The configuration can't be used; carries everything that is wrong with it. */
public final class ConfigException extends Exception {
  private static final long serialVersionUID = 1;

  private final transient List<Problem> problems;

  /** Lists the problems of one file, at least one. */
  public ConfigException(Path file, List<Problem> problems) {
    super(listing(file, problems));
    this.problems = List.copyOf(problems);
  }

  /** What is wrong, at least one. */
  public List<Problem> problems() {
    return problems;
  }

  /** A heading with the file and the count, then one problem a line; of a single one all in one. */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  private static String listing(Path file, List<Problem> problems) {
    return problems.size() == 1
        ? file + ": " + problems.getFirst()
        : problems.stream()
            .map(problem -> "\n  " + problem)
            .collect(Collectors.joining("", file + " has " + problems.size() + " errors:", ""));
  }
}
