package dev.flakerelay.config;

import dev.flakerelay.config.name.PrivateRepository;
import dev.flakerelay.config.name.SchemeName;
import java.util.List;

/**
 * Where flakes may be fetched from, and how.
 *
 * @param allow host names, lower case
 * @param schemes as {@link SchemeName} reads them
 * @param privateRepositories as {@link PrivateRepository} reads them
 */
public record Network(List<String> allow, List<String> schemes, List<String> privateRepositories) {
  /** The forges that nix knows by name, and what comes over an encrypted connection. */
  public static final Network DEFAULT =
      new Network(
          List.of("github.com", "api.github.com", "codeload.github.com", "gitlab.com", "git.sr.ht"),
          List.of("github", "gitlab", "sourcehut", "git+https", "git+ssh", "https"),
          List.of());
}
