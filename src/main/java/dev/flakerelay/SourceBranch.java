package dev.flakerelay;

import java.util.Optional;

/**
 * Where a source's history can be read with Git, and the branch that its releases must be on.
 *
 * @param url a Git URL: {@code https}, {@code http}, {@code ssh} or {@code file}
 * @param branch the branch's short name, or empty for the repository's default branch
 * @param onGitHub whether it is known to be on github.com or a GitHub Enterprise Server, so that
 *     there is a REST API as well
 */
public record SourceBranch(String url, Optional<String> branch, boolean onGitHub) {

  /**
   * A branch at a Git URL. That a host other than github.com is an Enterprise Server can't be seen
   * from its URL.
   */
  public SourceBranch(String url, Optional<String> branch) {
    this(url, branch, url.startsWith("https://github.com/"));
  }

  /**
   * The Git repository behind a flake reference of one of the forges that nix knows by name.
   *
   * @param forge {@code github}, {@code gitlab} or {@code sourcehut}, as in {@code nix flake}'s
   *     manual
   * @param host the forge's host, where the reference names another than the public one
   * @param owner the account; a GitLab subgroup is {@code group%2Fsubgroup}, as nix writes it
   * @param repository the repository's name, without {@code .git}
   * @throws IllegalArgumentException if the forge is none of the three
   */
  public static SourceBranch onForge(
      String forge,
      Optional<String> host,
      String owner,
      String repository,
      Optional<String> branch) {
    String path = owner.replace("%2F", "/").replace("%2f", "/") + "/" + repository;
    String url =
        switch (forge) {
          case "github" -> "https://" + host.orElse("github.com") + "/" + path + ".git";
          case "gitlab" -> "https://" + host.orElse("gitlab.com") + "/" + path + ".git";
          case "sourcehut" -> "https://" + host.orElse("git.sr.ht") + "/" + path;
          default -> throw new IllegalArgumentException("not a forge that nix knows: " + forge);
        };
    return new SourceBranch(url, branch, forge.equals("github"));
  }

  @Override
  public String toString() {
    return url + branch.map(name -> " branch " + name).orElse("");
  }
}
