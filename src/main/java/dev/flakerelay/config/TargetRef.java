package dev.flakerelay.config;

/**
 * Which flake is meant: that in a folder of a branch of a Git repository.
 *
 * @param repository a Git URL: https, ssh (also {@code git@host:path}), file or http
 * @param branch the branch to commit to, a short name
 * @param directory where flake.nix is, relative to the repository's root, {@code .} for the root
 *     itself; no {@code ..}
 */
public record TargetRef(String repository, String branch, String directory) {
  /** As people read it: repository, branch, and the folder unless it is the root. */
  @Override
  public String toString() {
    return repository + " " + branch + (directory.equals(".") ? "" : " " + directory);
  }
}
