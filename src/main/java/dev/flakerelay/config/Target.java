package dev.flakerelay.config;

import java.util.List;

/**
 * A flake whose lock file a route keeps up to date.
 *
 * @param flake which flake
 * @param inputs names of flake inputs, at least one
 * @param submodules paths of Git submodules that pin the same source and move along
 */
public record Target(TargetRef flake, List<String> inputs, List<String> submodules) {}
