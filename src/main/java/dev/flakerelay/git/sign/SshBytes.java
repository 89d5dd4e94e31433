package dev.flakerelay.git.sign;

import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Writes as SSH does (RFC 4251, section 5). */
final class SshBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Bytes as they are. */
  SshBytes raw(byte[] value) {
    out.writeBytes(value);
    return this;
  }

  SshBytes uint32(int value) {
    return raw(ByteBuffer.allocate(4).putInt(value).array());
  }

  SshBytes string(byte[] value) {
    return uint32(value.length).raw(value);
  }

  SshBytes string(String value) {
    return string(value.getBytes(StandardCharsets.US_ASCII));
  }

  SshBytes number(BigInteger value) {
    return string(value.signum() == 0 ? new byte[0] : value.toByteArray());
  }

  byte[] bytes() {
    return out.toByteArray();
  }
}
