package dev.flakerelay.lock.egress;

import dev.flakerelay.Destination;
import dev.flakerelay.lock.FetchPolicy;
import dev.flakerelay.net.OutboundNetwork;
import dev.flakerelay.net.PublicAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Makes the connections of a {@link FetchProxy}: none to a destination that the policy does not
 * permit, and none to an address that is not of the internet, unless the target itself fetches from
 * there. A name is resolved once, and what it was resolved to is what is connected to. Where the
 * environment names a proxy, names are resolved there, and its rules on addresses hold.
 */
final class Outlet {
  private static final int CONNECT_MILLIS = 15_000;

  private final FetchPolicy policy;
  private final OutboundNetwork network;
  private final PublicAddress.Resolver resolver;

  Outlet(FetchPolicy policy, OutboundNetwork network, PublicAddress.Resolver resolver) {
    this.policy = policy;
    this.network = network;
    this.resolver = resolver;
  }

  /** A connection that carries TLS. */
  Socket tunnel(Destination to) throws IOException {
    requirePermitted(to);
    Optional<URI> proxy = network.proxy("https", to.host());
    return proxy.isPresent() ? tunnel(to, proxy.get()) : direct(to);
  }

  private static Socket tunnel(Destination to, URI proxy) throws IOException {
    Socket socket = connect(OutboundNetwork.address(proxy), proxy.getHost());
    try {
      List<String> lines = new ArrayList<>(List.of("CONNECT " + to + " HTTP/1.1", "Host: " + to));
      lines.addAll(authorization(proxy));
      socket.getOutputStream().write(HttpHead.bytes(lines));
      HttpHead answer = HttpHead.read(socket.getInputStream());
      if (!answer.word(1).equals("200")) {
        throw new UnreachableException(
            "the proxy " + proxy.getHost() + " answered " + answer.word(1) + " for " + to);
      }
      return socket;
    } catch (IOException e) {
      socket.close();
      throw e instanceof UnreachableException
          ? e
          : new UnreachableException(
              "the proxy " + proxy.getHost() + " failed for " + to + ": " + e.getMessage());
    }
  }

  /** A connection for one request in clear, and how that request begins. */
  Plain plain(Destination to, HttpHead request) throws IOException {
    requirePermitted(to);
    URI uri = URI.create(request.word(1));
    Optional<URI> proxy = network.proxy("http", to.host());
    List<String> host =
        List.of("Host: " + (to.port() == 80 ? to.toString().replaceFirst(":80$", "") : to));
    if (proxy.isEmpty()) {
      String path = uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
      String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
      String first = request.word(0) + " " + path + query + " HTTP/1.1";
      return new Plain(direct(to), request.forwarded(first, host));
    }
    List<String> more = new ArrayList<>(host);
    more.addAll(authorization(proxy.get()));
    Socket socket = connect(OutboundNetwork.address(proxy.get()), proxy.get().getHost());
    return new Plain(socket, request.forwarded(request.first(), more));
  }

  /** Fails unless connections to a destination may be made. */
  void requirePermitted(Destination to) throws RefusedException {
    if (!policy.permits(to)) {
      throw new RefusedException(
          "the source's flake leads to something" + FetchPolicy.refusal(to.toString()));
    }
  }

  private Socket direct(Destination to) throws IOException {
    InetAddress[] addresses;
    try {
      addresses = resolver.resolve(to.host());
    } catch (UnknownHostException e) {
      throw new UnreachableException("could not resolve " + to.host());
    }
    for (InetAddress address : addresses) {
      if (!policy.isOwn(to) && !PublicAddress.is(address)) {
        throw new RefusedException(
            to.host()
                + " has the address "
                + address.getHostAddress()
                + ", which is not one of the internet: if that is right, name an input on that host"
                + " in the target's own flake.nix");
      }
    }
    UnreachableException failure = new UnreachableException(to.host() + " has no address");
    for (InetAddress address : addresses) {
      try {
        return connect(new InetSocketAddress(address, to.port()), to.toString());
      } catch (UnreachableException e) {
        failure = e;
      }
    }
    throw failure;
  }

  private static Socket connect(InetSocketAddress address, String name)
      throws UnreachableException {
    Socket socket = new Socket(Proxy.NO_PROXY);
    try {
      socket.connect(address, CONNECT_MILLIS);
      return socket;
    } catch (IOException e) {
      try {
        socket.close();
      } catch (IOException ignored) {
        // It was never open.
      }
      throw new UnreachableException("could not connect to " + name + ": " + e.getMessage());
    }
  }

  private static List<String> authorization(URI proxy) {
    if (proxy.getUserInfo() == null) {
      return List.of();
    }
    byte[] credentials = proxy.getUserInfo().getBytes(StandardCharsets.UTF_8);
    return List.of("Proxy-Authorization: Basic " + Base64.getEncoder().encodeToString(credentials));
  }

  /**
   * A connection and the first bytes to send.
   *
   * @param connection open
   * @param head the request's head
   */
  // The array is sent, never compared.
  @SuppressWarnings("ArrayRecordComponent")
  record Plain(Socket connection, byte[] head) {}

  /** A destination that is not permitted. */
  static final class RefusedException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedException(String message) {
      super(message);
    }

    /** Never null. */
    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }

  /** A destination that did not answer this time. */
  static final class UnreachableException extends IOException {
    private static final long serialVersionUID = 1;

    UnreachableException(String message) {
      super(message);
    }

    /** Never null. */
    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }
}
