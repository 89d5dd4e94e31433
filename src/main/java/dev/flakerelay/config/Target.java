package dev.flakerelay.config;

import java.util.List;

/**
 * A flake in a Git repository, whose lock file a route keeps up to date.
 *
 * @param repository a Git URL: https, ssh (also {@code git@host:path}), file or http
 * @param branch the branch to commit to, a short name
 * @param directory where flake.nix is, relative to the repository's root, {@code .} for the root
 *     itself; no {@code ..}
 * @param inputs names of flake inputs, at least one
 * @param submodules paths of Git submodules that pin the same source and move along
 */
public record Target(
    String repository,
    String branch,
    String directory,
    List<String> inputs,
    List<String> submodules) {}
