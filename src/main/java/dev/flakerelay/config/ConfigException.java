package dev.flakerelay.config;

import dev.flakerelay.config.yaml.Place;
import dev.flakerelay.config.yaml.Problem;
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

  /**
   * One problem a line, each as {@link Problem#in} writes it, below a heading with the file and the
   * count; without a heading where the file as a whole is the problem.
   */
  @Override
  public String getMessage() {
    return String.valueOf(super.getMessage());
  }

  private static String listing(Path file, List<Problem> problems) {
    String lines =
        problems.stream().map(problem -> problem.in(file)).collect(Collectors.joining("\n"));
    boolean whole = problems.size() == 1 && problems.getFirst().place().equals(Place.WHOLE_FILE);
    String count = problems.size() == 1 ? "1 error" : problems.size() + " errors";
    return whole ? lines : file + " has " + count + ":\n" + lines;
  }
}
