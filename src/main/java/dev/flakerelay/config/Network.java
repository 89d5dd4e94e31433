package dev.flakerelay.config;

import java.util.List;

/**
 * Which hosts flakes may be fetched from.
 *
 * @param allow host names, lower case
 */
public record Network(List<String> allow) {
  /** The forges that nix knows by name. */
  public static final Network DEFAULT =
      new Network(
          List.of(
              "github.com", "api.github.com", "codeload.github.com", "gitlab.com", "git.sr.ht"));
}
