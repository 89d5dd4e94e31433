package dev.flakerelay.secret;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;

/**
 * A secret's value; shows itself as {@code ***} wherever it is printed.
 *
 * @param value never empty; without the white space around it, which editors and shells add: a
 *     line's end, or a byte order mark
 */
public record Secret(String value) {
  private static final Pattern AROUND =
      Pattern.compile("\\A[\\s\\p{Z}\\uFEFF]+|[\\s\\p{Z}\\uFEFF]++\\z");

  /**
   * Refuses an empty value: an empty key would let everybody sign.
   *
   * @throws IllegalArgumentException if the value is blank
   */
  public Secret {
    value = AROUND.matcher(value).replaceAll("");
    if (value.isEmpty()) {
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
