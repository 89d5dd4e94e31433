package dev.flakerelay.nix;

import java.util.List;

/**
 * What a source's flake may lead nix to, besides what the target itself fetches.
 *
 * @param hosts the names of hosts, without port
 * @param schemes ways to fetch, as {@link Origin} calls them
 */
public record FetchRules(List<String> hosts, List<String> schemes) {
  /** Neither list can change. */
  public FetchRules {
    hosts = List.copyOf(hosts);
    schemes = List.copyOf(schemes);
  }
}
