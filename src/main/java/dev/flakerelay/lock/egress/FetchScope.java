package dev.flakerelay.lock.egress;

import dev.flakerelay.lock.FetchPolicy;
import dev.flakerelay.lock.ForgeToken;
import dev.flakerelay.net.OutboundNetwork;
import dev.flakerelay.net.PublicAddress;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * What one run of nix may fetch, and how.
 *
 * @param policy where connections may lead
 * @param network how they leave this machine
 * @param resolver how names become addresses
 * @param access tokens for forges
 * @param known the repositories that the forges may be asked for
 */
public record FetchScope(
    FetchPolicy policy,
    OutboundNetwork network,
    PublicAddress.Resolver resolver,
    List<ForgeToken> access,
    KnownRepositories known) {

  /** What makes the connections. */
  Outlet outlet() {
    return new Outlet(policy, network, resolver);
  }

  /**
   * What asks the forges that there are tokens for.
   *
   * @param opened is told of every connection to them
   */
  List<ForgeFetch> forges(Outlet outlet, Consumer<Socket> opened) throws IOException {
    List<ForgeFetch> forges = new ArrayList<>();
    for (ForgeToken each : access) {
      forges.add(new ForgeFetch(each, known, new Upstream(outlet, network.tls(), opened)));
    }
    return List.copyOf(forges);
  }
}
