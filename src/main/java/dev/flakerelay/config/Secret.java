package dev.flakerelay.config;

import java.nio.charset.StandardCharsets;

/**
 * A secret's value; shows itself as {@code ***} wherever it is printed.
 *
 * @param value never empty
 */
public record Secret(String value) {
  /**
   * Refuses an empty value: an empty key would let everybody sign.
   *
   * @throws IllegalArgumentException if the value is blank
   */
  public Secret {
    if (value.isBlank()) {
      throw new IllegalArgumentException("the secret is empty");
    }
  }

  /** The value's UTF-8 bytes, as an HMAC key. */
  public byte[] bytes() {
    return value.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public String toString() {
    return "***";
  }
}
