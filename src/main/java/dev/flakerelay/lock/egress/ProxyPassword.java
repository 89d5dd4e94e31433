package dev.flakerelay.lock.egress;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/**
 * Tells one run of nix from everybody else who can reach the port of its {@link FetchProxy} ("The
 * 'Basic' HTTP Authentication Scheme", RFC 7617).
 *
 * @param userInfo user and password as a URL has them
 */
record ProxyPassword(String userInfo) {
  /** The answer to those who do not know it. */
  static final byte[] REQUIRED =
      HttpHead.bytes(
          List.of(
              "HTTP/1.1 407 Proxy Authentication Required",
              "Proxy-Authenticate: Basic realm=\"flake-relay\"",
              "Content-Length: 0",
              "Connection: close"));

  static ProxyPassword random() {
    byte[] random = new byte[16];
    new SecureRandom().nextBytes(random);
    return new ProxyPassword("flake-relay:" + HexFormat.of().formatHex(random));
  }

  /** Whether a request shows it. */
  boolean isIn(HttpHead request) {
    byte[] right =
        ("Basic " + Base64.getEncoder().encodeToString(userInfo.getBytes(UTF_8))).getBytes(UTF_8);
    return request.all("proxy-authorization").stream()
        .anyMatch(shown -> MessageDigest.isEqual(shown.getBytes(UTF_8), right));
  }

  @Override
  public String toString() {
    return "***";
  }
}
