package dev.flakerelay.git.sign;

import java.math.BigInteger;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads what SSH writes: numbers, and texts with their lengths before them (RFC 4251, section 5).
 */
final class SshFields {
  private final ByteBuffer bytes;

  SshFields(byte[] bytes) {
    this.bytes = ByteBuffer.wrap(bytes);
  }

  /**
   * The next {@code string}.
   *
   * @throws IllegalArgumentException if there is none
   */
  byte[] string() {
    try {
      int length = bytes.getInt();
      if (length < 0 || length > bytes.remaining()) {
        throw new IllegalArgumentException("not whole");
      }
      byte[] value = new byte[length];
      bytes.get(value);
      return value;
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("not whole", e);
    }
  }

  /** The next {@code string} as text. */
  String text() {
    return new String(string(), StandardCharsets.US_ASCII);
  }

  /** The next {@code mpint}. */
  BigInteger number() {
    byte[] value = string();
    return value.length == 0 ? BigInteger.ZERO : new BigInteger(value);
  }

  /** The next {@code uint32}. */
  int uint32() {
    try {
      return bytes.getInt();
    } catch (BufferUnderflowException e) {
      throw new IllegalArgumentException("not whole", e);
    }
  }

  /** Goes over bytes that must be there. */
  void expect(byte[] magic) {
    for (byte each : magic) {
      if (!bytes.hasRemaining() || bytes.get() != each) {
        throw new IllegalArgumentException("of another form");
      }
    }
  }
}
