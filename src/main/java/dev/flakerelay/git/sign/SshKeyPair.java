package dev.flakerelay.git.sign;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.util.Arrays;

/**
 * A key pair that can sign.
 *
 * @param publicBlob the public half as SSH writes it
 * @param key the private half
 * @param name of the kind of signature, as SSH calls it
 * @param algorithm the same as the JDK calls it
 */
// The array is read, never compared.
@SuppressWarnings("ArrayRecordComponent")
record SshKeyPair(byte[] publicBlob, PrivateKey key, String name, String algorithm) {

  /** A signature with its name before it (RFC 8332, RFC 5656, RFC 8709). */
  byte[] sign(byte[] data) throws GeneralSecurityException {
    Signature signature = Signature.getInstance(algorithm);
    signature.initSign(key);
    signature.update(data);
    byte[] made = signature.sign();
    return new SshBytes()
        .string(name)
        .string(name.startsWith("ecdsa-") ? twoNumbers(made) : made)
        .bytes();
  }

  private static byte[] twoNumbers(byte[] joined) {
    int half = joined.length / 2;
    return new SshBytes()
        .number(new BigInteger(1, Arrays.copyOf(joined, half)))
        .number(new BigInteger(1, Arrays.copyOfRange(joined, half, joined.length)))
        .bytes();
  }

  @Override
  public String toString() {
    return "***";
  }
}
