package dev.flakerelay.git.sign;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPrivateKeySpec;
import java.security.spec.EdECPrivateKeySpec;
import java.security.spec.NamedParameterSpec;
import java.security.spec.RSAPrivateCrtKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads private keys in OpenSSH's own form ("PROTOCOL.key" of OpenSSH). */
final class OpenSshKey {
  private static final Pattern PEM =
      Pattern.compile(
          "-----BEGIN (?<kind>[A-Z0-9 ]+)-----(?<base64>[^-]*)-----END [A-Z0-9 ]+-----",
          Pattern.DOTALL);

  private static final byte[] MAGIC = "openssh-key-v1\0".getBytes(StandardCharsets.US_ASCII);
  private static final int SEED = 32;
  private static final int SHORTEST_RSA = 2048;

  private OpenSshKey() {}

  static SshKeyPair parse(String text) {
    Matcher pem = PEM.matcher(text.replace("\\n", "\n").replace("\\r", ""));
    if (!pem.find()) {
      throw new IllegalArgumentException(
          text.startsWith("ssh-") || text.startsWith("ecdsa-")
              ? "the public key: put the private one there, the file without .pub"
              : "not an OpenSSH private key: make one by ssh-keygen -t ed25519 -N '' -f FILE");
    }
    if (!pem.group("kind").equals("OPENSSH PRIVATE KEY")) {
      throw new IllegalArgumentException(
          "holds `"
              + pem.group("kind")
              + "`, not an OpenSSH private key: ssh-keygen -p -N '' -f FILE converts a private"
              + " key");
    }
    try {
      return read(new SshFields(Base64.getMimeDecoder().decode(pem.group("base64"))));
    } catch (UnfitException e) {
      throw new IllegalArgumentException(e.getMessage());
    } catch (IllegalArgumentException | ArithmeticException | GeneralSecurityException e) {
      // Without its cause, which may quote the key.
      throw new IllegalArgumentException("not a whole OpenSSH private key: copy the whole file");
    }
  }

  private static SshKeyPair read(SshFields file) throws GeneralSecurityException {
    file.expect(MAGIC);
    String cipher = file.text();
    file.string(); // how the passphrase is stretched
    file.string();
    if (!cipher.equals("none")) {
      throw new UnfitException(
          "has a passphrase, and nobody is there to type it: ssh-keygen -p -N '' -f FILE takes it"
              + " away");
    }
    if (file.uint32() != 1) {
      throw new UnfitException("holds several keys: one is needed");
    }
    byte[] publicBlob = file.string();
    SshFields secret = new SshFields(file.string());
    long check = secret.uint32();
    if (secret.uint32() != check) {
      throw new IllegalArgumentException("damaged");
    }
    String type = secret.text();
    return switch (type) {
      case "ssh-ed25519" -> ed25519(publicBlob, secret);
      case "ssh-rsa" -> rsa(publicBlob, secret);
      case "ecdsa-sha2-nistp256" -> ecdsa(publicBlob, secret, type, "secp256r1", "SHA256");
      case "ecdsa-sha2-nistp384" -> ecdsa(publicBlob, secret, type, "secp384r1", "SHA384");
      case "ecdsa-sha2-nistp521" -> ecdsa(publicBlob, secret, type, "secp521r1", "SHA512");
      default ->
          throw new UnfitException(
              "of a type that can't sign here"
                  + (type.startsWith("sk-") ? ", as it needs a security key to be touched" : "")
                  + ": make one by ssh-keygen -t ed25519 -N '' -f FILE");
    };
  }

  private static SshKeyPair ed25519(byte[] publicBlob, SshFields secret)
      throws GeneralSecurityException {
    secret.string(); // the public half
    byte[] seed = Arrays.copyOf(secret.string(), SEED); // the public half follows again
    PrivateKey key =
        KeyFactory.getInstance("Ed25519")
            .generatePrivate(new EdECPrivateKeySpec(NamedParameterSpec.ED25519, seed));
    return new SshKeyPair(publicBlob, key, "ssh-ed25519", "Ed25519");
  }

  private static SshKeyPair rsa(byte[] publicBlob, SshFields secret)
      throws GeneralSecurityException {
    BigInteger modulus = secret.number();
    BigInteger exponent = secret.number();
    BigInteger d = secret.number();
    BigInteger inverse = secret.number();
    BigInteger p = secret.number();
    BigInteger q = secret.number();
    if (modulus.bitLength() < SHORTEST_RSA) {
      throw new UnfitException("an RSA key of less than 2048 bits: make a new one");
    }
    PrivateKey key =
        KeyFactory.getInstance("RSA")
            .generatePrivate(
                new RSAPrivateCrtKeySpec(
                    modulus,
                    exponent,
                    d,
                    p,
                    q,
                    d.mod(p.subtract(BigInteger.ONE)),
                    d.mod(q.subtract(BigInteger.ONE)),
                    inverse));
    return new SshKeyPair(publicBlob, key, "rsa-sha2-512", "SHA512withRSA");
  }

  private static SshKeyPair ecdsa(
      byte[] publicBlob, SshFields secret, String type, String curve, String hash)
      throws GeneralSecurityException {
    secret.string(); // the curve's name
    secret.string(); // the public half
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(new ECGenParameterSpec(curve));
    PrivateKey key =
        KeyFactory.getInstance("EC")
            .generatePrivate(
                new ECPrivateKeySpec(
                    secret.number(), parameters.getParameterSpec(ECParameterSpec.class)));
    return new SshKeyPair(publicBlob, key, type, hash + "withECDSAinP1363Format");
  }

  /** A whole key that can't be used. */
  private static final class UnfitException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    UnfitException(String message) {
      super(message);
    }
  }
}
