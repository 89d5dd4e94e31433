package dev.flakerelay.config;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The paths that a push must touch ("Workflow syntax for GitHub Actions", {@code on.<push>.paths}):
 * the last pattern that fits a path decides, and one that begins with {@code !} takes it out.
 *
 * @param patterns in their order
 */
public record PathFilter(List<Pattern> patterns) {

  /**
   * One of its patterns.
   *
   * @param excludes whether it takes out what it fits
   */
  public record Pattern(boolean excludes, Glob glob) {
    /**
     * Reads one.
     *
     * @throws IllegalArgumentException if it has another form
     */
    public static Pattern parse(String text) {
      boolean excludes = text.startsWith("!");
      String glob = excludes ? text.substring(1) : text;
      if (glob.isEmpty() || glob.startsWith("/")) {
        throw new IllegalArgumentException(
            "a path in the repository, such as src/**: leave out the / in front");
      }
      return new Pattern(excludes, new Glob(glob));
    }

    @Override
    public String toString() {
      return (excludes ? "!" : "") + glob;
    }
  }

  /**
   * Checks that something is left.
   *
   * @throws IllegalArgumentException if all patterns take something out
   */
  public PathFilter {
    if (patterns.stream().allMatch(Pattern::excludes)) {
      throw new IllegalArgumentException("only takes out: write \"**\" first, which is every path");
    }
    patterns = List.copyOf(patterns);
  }

  /** A filter of patterns as they are written. */
  public static PathFilter of(String... patterns) {
    List<Pattern> read = new ArrayList<>();
    for (String pattern : patterns) {
      read.add(Pattern.parse(pattern));
    }
    return new PathFilter(read);
  }

  /** Whether any of some paths counts. */
  public boolean touchedBy(Collection<String> paths) {
    return paths.stream().anyMatch(this::includes);
  }

  /** Whether a path counts. */
  public boolean includes(String path) {
    for (Pattern pattern : patterns.reversed()) {
      if (pattern.glob().matches(path)) {
        return !pattern.excludes();
      }
    }
    return false;
  }

  @Override
  public String toString() {
    return patterns.toString();
  }
}
