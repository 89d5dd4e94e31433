package dev.flakerelay.support;

import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Base64;

/** Private keys of GitHub Apps, in the forms that they come in. */
public final class AppKeys {
  /** Made once: a new one takes a second. */
  private static final class Made {
    static final KeyPair PAIR = pair("RSA", 2048);
  }

  private AppKeys() {}

  /** A key of the right kind and length. */
  public static KeyPair pair() {
    return Made.PAIR;
  }

  /** Any key. */
  public static KeyPair pair(String algorithm, int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** PKCS#8 (RFC 5208). */
  public static String pkcs8(KeyPair pair) {
    return pem("PRIVATE KEY", pair.getPrivate().getEncoded());
  }

  /** PKCS#1 (RFC 8017), as GitHub hands it out: what the JDK's envelope holds. */
  public static String pkcs1(KeyPair pair) {
    byte[] envelope = pair.getPrivate().getEncoded();
    return pem("RSA PRIVATE KEY", Arrays.copyOfRange(envelope, 26, envelope.length));
  }

  /** A text in PEM (RFC 7468). */
  public static String pem(String label, byte[] der) {
    String base64 = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n";
  }
}
