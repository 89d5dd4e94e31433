package dev.flakerelay.net;

import java.net.Authenticator;
import java.net.InetSocketAddress;
import java.net.PasswordAuthentication;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Shows a proxy the user and password that stand in its address; a server is shown nothing. */
final class ProxyPasswords extends Authenticator {
  private final List<URI> proxies;

  ProxyPasswords(List<URI> proxies) {
    this.proxies = List.copyOf(proxies);
  }

  @Override
  protected @Nullable PasswordAuthentication getPasswordAuthentication() {
    if (getRequestorType() != RequestorType.PROXY) {
      return null;
    }
    for (URI proxy : proxies) {
      InetSocketAddress address = OutboundNetwork.address(proxy);
      if (proxy.getUserInfo() != null
          && address.getHostString().equalsIgnoreCase(getRequestingHost())
          && address.getPort() == getRequestingPort()) {
        String[] pair = proxy.getUserInfo().split(":", 2);
        return new PasswordAuthentication(pair[0], (pair.length > 1 ? pair[1] : "").toCharArray());
      }
    }
    return null;
  }
}
