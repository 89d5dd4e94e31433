package dev.flakerelay;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.Optional;

/**
 * A host and a port that something is fetched from.
 *
 * @param host a name or an address, lower case, an IPv6 address without brackets
 * @param port 0 to 65535
 */
public record Destination(String host, int port) {

  /** The host in the form that is compared. */
  public Destination(String host, int port) {
    this.host = host.toLowerCase(Locale.ROOT).replaceAll("[\\[\\]]", "");
    this.port = port;
  }

  /** The destination of a URL; empty if it names no host that can be read. */
  public static Optional<Destination> of(String url) {
    try {
      URI uri = new URI(url);
      if (uri.getHost() == null) {
        return Optional.empty();
      }
      int port = uri.getPort() >= 0 ? uri.getPort() : usualPort(String.valueOf(uri.getScheme()));
      return Optional.of(new Destination(uri.getHost(), port));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }

  private static int usualPort(String scheme) {
    return switch (scheme.toLowerCase(Locale.ROOT)) {
      case "https" -> 443;
      case "ssh" -> 22;
      case "git" -> 9418;
      default -> 80;
    };
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
