package dev.flakerelay.local.http;

import dev.flakerelay.net.AddressRange;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Who sends a request that came through reverse proxies: the last address of {@code
 * X-Forwarded-For} or {@code Forwarded} (RFC 7239) that is none of a trusted proxy. What stands
 * before it may be invented, and so may both headers if no trusted proxy sends the request.
 *
 * @param trusted the proxies that say whose requests they pass on
 */
record ClientAddress(List<AddressRange> trusted) {
  static final String X_FORWARDED_FOR = "X-Forwarded-For";
  static final String FORWARDED = "Forwarded";

  /** The network of one customer ("IPv6 End Site Address Assignment", RFC 6177): at least a /64. */
  private static final int IPV6_SITE = 64;

  /** One element's {@code for}, quoted or not. */
  private static final Pattern FOR =
      Pattern.compile(
          "(?:^|;)\\s*for\\s*=\\s*(\"[^\"]*\"|[^;\"\\s]*)\\s*(?=;|$)", Pattern.CASE_INSENSITIVE);

  /** An address with or without a port, an IPv6 address in brackets if there is one. */
  private static final Pattern NODE =
      Pattern.compile("\\[([^\\]]*)\\](?::\\d{1,5})?|([^:\\[\\]]*)(?::\\d{1,5})?|([^\\[\\]]*)");

  /** Whether this is a proxy that is believed. */
  boolean isTrusted(InetAddress peer) {
    return trusted.stream().anyMatch(range -> range.contains(peer));
  }

  /**
   * Who has a share of its own: the client's IPv4 address, or the /64 of its IPv6 address.
   *
   * @param peer the other end of the connection
   * @param forwardedFor the values of {@code X-Forwarded-For}, in their order
   * @param forwarded the values of {@code Forwarded}, in their order
   */
  AddressRange of(InetAddress peer, List<String> forwardedFor, List<String> forwarded) {
    if (!isTrusted(peer)) {
      return share(peer);
    }
    Optional<InetAddress> one = last(peer, split(forwardedFor));
    Optional<InetAddress> other =
        last(peer, split(forwarded).stream().map(ClientAddress::forOf).toList());
    // A proxy sends one of the two and lets its client's own pass: where they differ, none counts.
    boolean differ = one.isPresent() && other.isPresent() && !one.equals(other);
    return share(differ ? peer : one.or(() -> other).orElse(peer));
  }

  /** Whose share the address has. */
  static AddressRange share(InetAddress address) {
    return AddressRange.around(address, address instanceof Inet6Address ? IPV6_SITE : 32);
  }

  private static List<String> split(List<String> values) {
    List<String> elements = new ArrayList<>();
    for (String value : values) {
      for (String element : value.split(",", -1)) {
        elements.add(element.strip());
      }
    }
    return elements;
  }

  private static String forOf(String element) {
    Matcher matcher = FOR.matcher(element);
    return matcher.find() ? matcher.group(1).replace("\"", "") : "";
  }

  /** The last that is no proxy's; the proxy itself where an address can't be read. */
  private Optional<InetAddress> last(InetAddress peer, List<String> elements) {
    Optional<InetAddress> client = Optional.empty();
    for (String element : elements.reversed()) {
      Optional<InetAddress> address = address(element);
      if (address.isEmpty()) {
        return client.or(() -> Optional.of(peer));
      }
      client = address;
      if (!isTrusted(address.get())) {
        return client;
      }
    }
    return client;
  }

  private static Optional<InetAddress> address(String node) {
    Matcher matcher = NODE.matcher(node);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    for (int group = 1; group <= matcher.groupCount(); group++) {
      if (matcher.group(group) != null) {
        try {
          return Optional.of(AddressRange.address(matcher.group(group)));
        } catch (IllegalArgumentException e) {
          return Optional.empty();
        }
      }
    }
    return Optional.empty();
  }
}
