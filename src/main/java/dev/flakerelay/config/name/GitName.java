package dev.flakerelay.config.name;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Names inside a Git repository: branches, and paths of its files. */
public final class GitName {
  /**
   * Written out: JGit's own check costs its start, which who only receives deliveries can spare.
   */
  private static final Pattern BRANCH =
      Pattern.compile(
          "(?![-./])(?!.*(?:\\.\\.|//|/\\.|@\\{|\\.lock(?:/|$)|[./]$))[^\\p{Cntrl} ~^:?*\\[\\\\]+");

  private static final Pattern UNSAFE = Pattern.compile("[\\p{Cntrl}\\\\]");

  private GitName() {}

  /**
   * Checks a branch's short name by the rules of git-check-ref-format's manual.
   *
   * @return the name as written
   * @throws IllegalArgumentException if Git would refuse it, or if it is a full ref name
   */
  public static String branch(String text) {
    if (text.startsWith("refs/")) {
      throw new IllegalArgumentException(
          "a branch is written by its short name: main, not refs/heads/main");
    }
    if (text.equals("HEAD") || text.equals("@") || !BRANCH.matcher(text).matches()) {
      throw new IllegalArgumentException("not a name that Git allows for a branch");
    }
    return text;
  }

  /**
   * Reads the path of a folder, relative to the repository's root.
   *
   * @return the path without {@code .} parts and doubled or trailing slashes; {@code .} for the
   *     root
   * @throws IllegalArgumentException if it is absolute, leaves the repository or enters {@code
   *     .git}
   */
  public static String folder(String text) {
    if (text.startsWith("/") || UNSAFE.matcher(text).find()) {
      throw new IllegalArgumentException(
          "not a path relative to the repository's root: write for example hosts/server");
    }
    List<String> parts = new ArrayList<>();
    for (String part : text.split("/", -1)) {
      if (part.equals("..") || part.equalsIgnoreCase(".git")) {
        throw new IllegalArgumentException("the path may not contain " + part);
      }
      if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    return parts.isEmpty() ? "." : String.join("/", parts);
  }

  /**
   * Reads a submodule's path, as {@link #folder} does.
   *
   * @throws IllegalArgumentException also for the repository's root
   */
  public static String submodule(String text) {
    String path = folder(text);
    if (path.equals(".")) {
      throw new IllegalArgumentException("the repository's root is not a submodule");
    }
    return path;
  }
}
