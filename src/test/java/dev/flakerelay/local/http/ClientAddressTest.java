package dev.flakerelay.local.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.net.AddressRange;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whose share a request counts for; 127.0.0.1 and 10.0.0.0/8 are trusted. */
class ClientAddressTest {
  private final ClientAddress clients =
      new ClientAddress(List.of(AddressRange.parse("127.0.0.1"), AddressRange.parse("10.0.0.0/8")));

  @ParameterizedTest
  @CsvSource({
    "192.0.2.1, 198.51.100.7, 192.0.2.1",
    "127.0.0.1, , 127.0.0.1",
    "127.0.0.1, 198.51.100.7, 198.51.100.7",
    "127.0.0.1, '1.1.1.1, 198.51.100.7', 198.51.100.7",
    "127.0.0.1, '1.1.1.1,198.51.100.7 , 10.1.2.3', 198.51.100.7",
    "127.0.0.1, '10.9.9.9, 10.1.2.3', 10.9.9.9",
    "127.0.0.1, 198.51.100.7:4711, 198.51.100.7",
    "127.0.0.1, '[2001:db8::1]:4711', 2001:db8::/64",
    "127.0.0.1, 2001:db8:0:0:5::1, 2001:db8::/64",
    "127.0.0.1, ::ffff:198.51.100.7, 198.51.100.7",
    "127.0.0.1, unknown, 127.0.0.1",
    "127.0.0.1, '', 127.0.0.1",
    "127.0.0.1, 'junk, 10.1.2.3', 10.1.2.3",
    "127.0.0.1, '198.51.100.7, localhost', 127.0.0.1",
    "127.0.0.1, '198.51.100.7, 1.2.3.4.5', 127.0.0.1",
    "2001:db8:1:2:3::4, 198.51.100.7, 2001:db8:1:2::/64"
  })
  void xForwardedForCountsFromTheRight(String peer, @Nullable String header, String client) {
    assertThat(of(peer, header, null)).isEqualTo(AddressRange.parse(client));
  }

  @ParameterizedTest
  @CsvSource({
    "for=198.51.100.7, 198.51.100.7",
    "For=198.51.100.7;proto=https;by=10.0.0.1, 198.51.100.7",
    "proto=https; for = 198.51.100.7, 198.51.100.7",
    "'for=\"[2001:db8::1]:80\"', 2001:db8::/64",
    "'for=1.1.1.1, for=198.51.100.7', 198.51.100.7",
    "'for=198.51.100.7, for=10.0.0.9', 198.51.100.7",
    "for=_hidden, 127.0.0.1",
    "for=unknown, 127.0.0.1",
    "by=198.51.100.7, 127.0.0.1",
    "'host=\"for=198.51.100.7\"', 127.0.0.1"
  })
  void soDoesForwarded(String header, String client) {
    assertThat(of("127.0.0.1", null, header)).isEqualTo(AddressRange.parse(client));
  }

  /** A proxy sets one of them, and hands on the other as its client has invented it. */
  @ParameterizedTest
  @CsvSource({
    "198.51.100.7, for=192.0.2.9, 127.0.0.1",
    "198.51.100.7, for=198.51.100.7, 198.51.100.7",
    "198.51.100.7, for=unknown, 127.0.0.1"
  })
  void whereTheyDifferNeitherCounts(String forwardedFor, String forwarded, String client) {
    assertThat(of("127.0.0.1", forwardedFor, forwarded)).isEqualTo(AddressRange.parse(client));
  }

  private AddressRange of(String peer, @Nullable String forwardedFor, @Nullable String forwarded) {
    return clients.of(
        AddressRange.address(peer),
        forwardedFor == null ? List.of() : List.of(forwardedFor),
        forwarded == null ? List.of() : List.of(forwarded));
  }
}
