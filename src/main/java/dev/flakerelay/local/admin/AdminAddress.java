package dev.flakerelay.local.admin;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where status page and metrics are listened for.
 *
 * @param host a name or address of this machine, an IPv6 address without brackets
 * @param port 0 for a free one
 * @param exact whether another port will not do
 */
public record AdminAddress(String host, int port, boolean exact) {
  /** Where nothing else is said: this machine alone; any free port if this one is in use. */
  public static final AdminAddress DEFAULT = new AdminAddress("127.0.0.1", 8081, false);

  private static final Pattern FORM =
      Pattern.compile("(?:(?<host>[A-Za-z0-9.-]+|\\[[0-9A-Fa-f:.]+]):)?(?<port>\\d{1,5})");

  /**
   * Reads {@code HOST:PORT}, or a port of this machine.
   *
   * @throws IllegalArgumentException if it has another form
   */
  public static AdminAddress parse(String text) {
    Matcher match = FORM.matcher(text);
    if (!match.matches() || Integer.parseInt(match.group("port")) > 65535) {
      throw new IllegalArgumentException("write HOST:PORT, such as 127.0.0.1:8081, or off");
    }
    String host = match.group("host") == null ? DEFAULT.host : match.group("host");
    return new AdminAddress(
        host.startsWith("[") ? host.substring(1, host.length() - 1) : host,
        Integer.parseInt(match.group("port")),
        true);
  }

  /** The same on any free port. */
  AdminAddress elsewhere() {
    return new AdminAddress(host, 0, true);
  }

  /** As it stands in a URL. */
  static String authority(String host, int port) {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  @Override
  public String toString() {
    return authority(host, port);
  }
}
