package dev.flakerelay.config.name;

import java.util.Locale;
import java.util.regex.Pattern;

/** A host's name (RFC 1123, section 2.1), without scheme and port. */
public final class HostName {
  private static final String LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?";
  private static final Pattern NAME = Pattern.compile(LABEL + "(\\." + LABEL + ")*");

  private HostName() {}

  /**
   * Reads a host's name.
   *
   * @return the name in lower case
   * @throws IllegalArgumentException if it is none
   */
  public static String parse(String text) {
    String name = text.toLowerCase(Locale.ROOT);
    if (name.length() > 253 || !NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "not a host's name: write it without scheme, port and wildcard, for example github.com");
    }
    return name;
  }
}
