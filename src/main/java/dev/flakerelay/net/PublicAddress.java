package dev.flakerelay.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;

/**
 * Tells addresses of the internet from those that mean something else on every machine or network
 * ("IANA IPv4 Special-Purpose Address Registry" and the same for IPv6, RFC 6890): this machine, its
 * network, and services of a cloud such as 169.254.169.254.
 */
public final class PublicAddress {
  private static final List<Range> SPECIAL =
      List.of(
          range("0.0.0.0", 8),
          range("10.0.0.0", 8),
          range("100.64.0.0", 10),
          range("127.0.0.0", 8),
          range("169.254.0.0", 16),
          range("172.16.0.0", 12),
          range("192.0.0.0", 24),
          range("192.0.2.0", 24),
          range("192.88.99.0", 24),
          range("192.168.0.0", 16),
          range("198.18.0.0", 15),
          range("198.51.100.0", 24),
          range("203.0.113.0", 24),
          range("224.0.0.0", 3));

  /** All of the IPv6 internet; the rest is for other things. */
  private static final Range GLOBAL = range("2000::", 3);

  /** Within it: Teredo and others, documentation, 6to4, each of which may carry an IPv4 address. */
  private static final List<Range> SPECIAL_GLOBAL =
      List.of(range("2001::", 23), range("2001:db8::", 32), range("2002::", 16));

  private PublicAddress() {}

  /** Whether an address is one of the internet. IPv4 addresses in IPv6 form are IPv4 addresses. */
  public static boolean is(InetAddress address) {
    byte[] bytes = address.getAddress();
    return address instanceof Inet4Address
        ? SPECIAL.stream().noneMatch(range -> range.contains(bytes))
        : GLOBAL.contains(bytes)
            && SPECIAL_GLOBAL.stream().noneMatch(range -> range.contains(bytes));
  }

  private static Range range(String address, int bits) {
    return new Range(InetAddress.ofLiteral(address), bits);
  }

  private record Range(InetAddress start, int bits) {
    boolean contains(byte[] address) {
      byte[] mine = start.getAddress();
      int whole = bits / 8;
      if (!Arrays.equals(mine, 0, whole, address, 0, whole)) {
        return false;
      }
      int rest = bits % 8;
      int mask = 0xff << (8 - rest) & 0xff;
      return rest == 0 || (mine[whole] & mask) == (address[whole] & mask);
    }
  }

  /** How a name becomes addresses. */
  @FunctionalInterface
  public interface Resolver {
    /** The resolver of this machine. */
    Resolver SYSTEM = InetAddress::getAllByName;

    /** All addresses of a name, or the one that it writes out. */
    InetAddress[] resolve(String host) throws UnknownHostException;
  }
}
