package dev.flakerelay.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, 127.0.0.1, 127.0.0.2",
    "10.0.0.0/8, 10.255.255.255, 11.0.0.0",
    "192.30.252.0/22, 192.30.255.1, 192.31.0.0",
    "192.0.2.128/25, 192.0.2.128, 192.0.2.127",
    "0.0.0.0/0, 203.0.113.9, ::1",
    "::/0, 2001:db8::1, 127.0.0.1",
    "2001:db8::/32, 2001:db8:ffff::1, 2001:db9::1",
    "2001:db8:0:8000::/49, 2001:db8:0:8000::1, 2001:db8:0:7fff::1",
    "::1, 0:0:0:0:0:0:0:1, ::2",
    "127.0.0.1, ::ffff:127.0.0.1, ::127.0.0.1"
  })
  void aRangeHasTheAddressesThatBeginAsItDoes(String range, String inside, String outside) {
    AddressRange parsed = AddressRange.parse(range);
    assertThat(parsed.contains(AddressRange.address(inside))).isTrue();
    assertThat(parsed.contains(AddressRange.address(outside))).isFalse();
    assertThat(AddressRange.parse(parsed.toString())).isEqualTo(parsed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "/8",
        "localhost",
        "example.org",
        "10.0.0.0/",
        "10.0.0.0/33",
        "10.0.0.0/-1",
        "10.0.0.0/8/8",
        "10.0.0.1/8",
        "10.0.0",
        "10.1/16",
        "1.2.3.256",
        "0x7f.0.0.1",
        "2001:db8::1/32",
        "::/129",
        "fe80::1%eth0",
        "[::1]",
        ":::1",
        " 10.0.0.1"
      })
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> AddressRange.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageMatching(".*( is not an IP address| prefix.*)");
  }
}
