package dev.flakerelay.lock;

import dev.flakerelay.flake.Origin;
import java.util.List;

/**
 * What a source's flake may lead nix to, besides what the target itself fetches.
 *
 * @param hosts the names of hosts, without port
 * @param schemes ways to fetch, as {@link Origin} calls them
 * @param privateRepositories what a source may bring in anew and have opened, {@code
 *     host/owner/name}
 */
public record FetchRules(
    List<String> hosts, List<String> schemes, List<String> privateRepositories) {
  /** None of the lists can change. */
  public FetchRules {
    hosts = List.copyOf(hosts);
    schemes = List.copyOf(schemes);
    privateRepositories = List.copyOf(privateRepositories);
  }
}
