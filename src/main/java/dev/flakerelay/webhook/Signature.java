package dev.flakerelay.webhook;

import dev.flakerelay.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The proof that a delivery comes from someone who knows the secret: {@code sha256=} and the 64 hex
 * digits of the HMAC-SHA256 of the body's raw bytes (GitHub Docs, "Validating webhook deliveries").
 */
public final class Signature {
  private static final String ALGORITHM = "HmacSHA256";
  private static final String PREFIX = "sha256=";
  private static final Pattern FORM = Pattern.compile(PREFIX + "[0-9a-f]{64}");

  private Signature() {}

  /** The value of {@code X-Hub-Signature-256} for a body. */
  public static String of(Secret secret, byte[] body) {
    return PREFIX + HexFormat.of().formatHex(hmac(secret, body));
  }

  /** Whether a header looks like a signature, whoever made it. */
  static boolean isWellFormed(String header) {
    return FORM.matcher(header).matches();
  }

  /**
   * Whether any of the secrets made this signature. All of them are tried and each comparison takes
   * constant time, so that the answer's delay tells nothing.
   *
   * @param header the header's value as it came, of any form
   */
  static boolean isValid(String header, byte[] body, List<Secret> secrets) {
    if (!isWellFormed(header)) {
      return false;
    }
    byte[] given = header.getBytes(StandardCharsets.UTF_8);
    boolean valid = false;
    for (Secret secret : secrets) {
      byte[] right = of(secret, body).getBytes(StandardCharsets.UTF_8);
      valid |= MessageDigest.isEqual(right, given);
    }
    return valid;
  }

  private static byte[] hmac(Secret secret, byte[] body) {
    try {
      Mac mac = Mac.getInstance(ALGORITHM);
      mac.init(new SecretKeySpec(secret.bytes(), ALGORITHM));
      return mac.doFinal(body);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has " + ALGORITHM, e);
    }
  }
}
