package dev.flakerelay.forge.github;

import dev.flakerelay.Token;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.interfaces.RSAPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;

/**
 * The private key of a GitHub App ("Managing private keys for GitHub Apps" in GitHub's
 * documentation), with which the App says who it is. Never shows itself.
 */
final class AppKey {
  /** GitHub's own advice against clocks that differ. */
  private static final Duration BACK = Duration.ofSeconds(60);

  /** GitHub takes ten minutes at most, by its own clock. */
  private static final Duration VALID = Duration.ofMinutes(9);

  private static final Pattern PEM =
      Pattern.compile(
          "-----BEGIN (?<kind>[A-Z0-9 ]+)-----(?<base64>[^-]*)-----END [A-Z0-9 ]+-----",
          Pattern.DOTALL);

  /** The object identifier of RSA keys, with no parameters (RFC 8017, appendix C). */
  private static final byte[] RSA = {
    0x30,
    0x0d,
    0x06,
    0x09,
    0x2a,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xf7,
    0x0d,
    0x01,
    0x01,
    0x01,
    0x05,
    0x00
  };

  private static final byte[] HEADER =
      "{\"alg\":\"RS256\",\"typ\":\"JWT\"}".getBytes(StandardCharsets.US_ASCII);

  private static final byte[] VERSION = {0x02, 0x01, 0x00};
  private static final int SEQUENCE = 0x30;
  private static final int OCTETS = 0x04;

  private final PrivateKey key;

  private AppKey(PrivateKey key) {
    this.key = key;
  }

  /**
   * Reads a key in PEM: PKCS#1 ({@code RSA PRIVATE KEY}), as GitHub hands it out, or PKCS#8 ({@code
   * PRIVATE KEY}). Line ends may be written as {@code \n}, as files of environment variables have
   * them.
   *
   * @throws IllegalArgumentException if it is something else; it is not repeated
   */
  static AppKey parse(String text) {
    Matcher pem = PEM.matcher(text.replace("\\n", "\n").replace("\\r", ""));
    if (!pem.find()) {
      throw new IllegalArgumentException(
          "not a key in PEM: put the whole file there that GitHub made, from its line BEGIN RSA"
              + " PRIVATE KEY to its line END");
    }
    String kind = pem.group("kind");
    if (!kind.equals("RSA PRIVATE KEY") && !kind.equals("PRIVATE KEY")) {
      throw new IllegalArgumentException(
          "holds `"
              + kind
              + "`, not an App's private key: generate one in the App's settings and put that file"
              + " there");
    }
    try {
      byte[] der = Base64.getMimeDecoder().decode(pem.group("base64"));
      byte[] wrapped = kind.equals("PRIVATE KEY") ? der : pkcs8(der);
      PrivateKey key =
          KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(wrapped));
      if (((RSAPrivateKey) key).getModulus().bitLength() < 2048) {
        throw new IllegalArgumentException("an RSA key of less than 2048 bits: generate a new one");
      }
      return new AppKey(key);
    } catch (GeneralSecurityException e) {
      // Without its cause, which may quote the key.
      throw new IllegalArgumentException(
          "not a whole RSA key: put the whole file there that GitHub made");
    }
  }

  /** The JDK reads PKCS#8 (RFC 5208), which is PKCS#1 in an envelope. */
  private static byte[] pkcs8(byte[] pkcs1) {
    return tagged(SEQUENCE, joined(VERSION, RSA, tagged(OCTETS, pkcs1)));
  }

  private static byte[] tagged(int tag, byte[] content) {
    byte[] length = ByteBuffer.allocate(4).putInt(content.length).array();
    return joined(new byte[] {(byte) tag, (byte) 0x84}, length, content);
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  /**
   * What the App shows to have tokens made ("Generating a JSON Web Token (JWT) for a GitHub App").
   *
   * @param id the App's id or client id
   */
  Token jwt(String id, Instant now) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("iat", now.minus(BACK).getEpochSecond());
    claims.put("exp", now.plus(VALID).getEpochSecond());
    claims.put("iss", id);
    String signed = encoded(HEADER) + "." + encoded(JsonMapper.shared().writeValueAsBytes(claims));
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key);
      signature.update(signed.getBytes(StandardCharsets.US_ASCII));
      return new Token(signed + "." + encoded(signature.sign()));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform signs with RSA", e);
    }
  }

  private static String encoded(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public String toString() {
    return "***";
  }
}
