package dev.flakerelay.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/**
 * The addresses that begin with the same bits, as CIDR writes them (RFC 4632, "Classless
 * Inter-domain Routing"; RFC 4291, "Text Representation of Address Prefixes").
 *
 * @param start the first of them; the bits behind the prefix are zero
 * @param bits the prefix's length: 0 to 32 for IPv4, 0 to 128 for IPv6
 */
public record AddressRange(InetAddress start, int bits) {
  /**
   * Reads {@code 192.0.2.0/24}, {@code 2001:db8::/32}, or a single address.
   *
   * @throws IllegalArgumentException if it is none of these, or has bits behind its prefix; the
   *     message says which
   */
  public static AddressRange parse(String text) {
    int slash = text.indexOf('/');
    InetAddress start = address(slash < 0 ? text : text.substring(0, slash));
    int longest = start.getAddress().length * 8;
    int bits = slash < 0 ? longest : bits(text, slash + 1, longest);
    AddressRange range = around(start, bits);
    if (!range.start.equals(start)) {
      throw new IllegalArgumentException(
          text + " has bits behind its prefix: did you mean " + range + "?");
    }
    return range;
  }

  private static int bits(String text, int from, int longest) {
    String digits = text.substring(from);
    if (digits.matches("[0-9]{1,3}") && Integer.parseInt(digits) <= longest) {
      return Integer.parseInt(digits);
    }
    throw new IllegalArgumentException(text + " does not end in a prefix of 0 to " + longest);
  }

  /**
   * Reads an address as it is written out; asks no resolver.
   *
   * @throws IllegalArgumentException if it is anything else, also an IPv6 address with a zone
   */
  public static InetAddress address(String text) {
    // Without this, ofLiteral would take the short forms of IPv4 as well, such as 127.1.
    boolean complete = text.indexOf(':') >= 0 || text.matches("[0-9]+([.][0-9]+){3}");
    if (complete && text.indexOf('%') < 0 && text.indexOf('[') < 0) {
      try {
        return InetAddress.ofLiteral(text);
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(text + " is not an IP address", e);
      }
    }
    throw new IllegalArgumentException(text + " is not an IP address");
  }

  /** The addresses that begin with the same {@code bits} as this one. */
  public static AddressRange around(InetAddress address, int bits) {
    byte[] prefix = address.getAddress();
    for (int i = 0; i < prefix.length; i++) {
      int kept = Math.clamp(bits - i * 8L, 0, 8);
      prefix[i] &= (byte) (0xff << (8 - kept));
    }
    try {
      return new AddressRange(InetAddress.getByAddress(prefix), bits);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("an address has 4 or 16 bytes", e);
    }
  }

  /** Whether the address is one of them. An IPv4 address in IPv6 form is an IPv4 address. */
  public boolean contains(InetAddress address) {
    return address.getAddress().length == start.getAddress().length
        && Arrays.equals(around(address, bits).start.getAddress(), start.getAddress());
  }

  /** As {@link #parse} reads it; a single address without its prefix. */
  @Override
  public String toString() {
    boolean single = bits == (start instanceof Inet4Address ? 32 : 128);
    return start.getHostAddress() + (single ? "" : "/" + bits);
  }
}
