package dev.flakerelay.git.sign;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Base64;

/**
 * An OpenSSH key that signs commits as {@code ssh-keygen -Y sign -n git} does ("PROTOCOL.sshsig" of
 * OpenSSH). Never shows itself.
 */
public final class SigningKey {
  private static final byte[] MAGIC = "SSHSIG".getBytes(StandardCharsets.US_ASCII);
  private static final int VERSION = 1;
  private static final String NAMESPACE = "git";
  private static final String HASH = "sha512";
  private static final int LINE = 70;

  private final SshKeyPair pair;

  private SigningKey(SshKeyPair pair) {
    this.pair = pair;
  }

  /**
   * Reads a private key as {@code ssh-keygen} writes it, of type ed25519, ecdsa or rsa, without a
   * passphrase.
   *
   * @throws IllegalArgumentException if it is something else; it is not repeated
   */
  public static SigningKey parse(String text) {
    return new SigningKey(OpenSshKey.parse(text));
  }

  /**
   * The signature of a commit, as its header {@code gpgsig} has it.
   *
   * @param commit the commit without that header
   */
  public String sign(byte[] commit) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-512").digest(commit);
      byte[] signed =
          new SshBytes().raw(MAGIC).string(NAMESPACE).string("").string(HASH).string(hash).bytes();
      byte[] signature =
          new SshBytes()
              .raw(MAGIC)
              .uint32(VERSION)
              .string(pair.publicBlob())
              .string(NAMESPACE)
              .string("")
              .string(HASH)
              .string(pair.sign(signed))
              .bytes();
      String base64 = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(signature);
      return "-----BEGIN SSH SIGNATURE-----\n" + base64 + "\n-----END SSH SIGNATURE-----\n";
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has these algorithms", e);
    }
  }

  @Override
  public String toString() {
    return "***";
  }
}
