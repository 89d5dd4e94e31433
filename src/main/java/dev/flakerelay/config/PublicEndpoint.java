package dev.flakerelay.config;

import dev.flakerelay.config.name.GitUrl;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/**
 * How senders reach this relay, and whose tokens prove who they are.
 *
 * @param url where the relay is reached, without a path of ours and without a slash at its end: the
 *     audience of the tokens that are made for it
 * @param issuer who makes the tokens, without a slash at its end
 */
public record PublicEndpoint(Optional<String> url, String issuer) {
  /** The endpoint of a relay that takes no tokens. */
  public static final PublicEndpoint NONE =
      new PublicEndpoint(Optional.empty(), "https://token.actions.githubusercontent.com");

  /**
   * Reads a relay's own address.
   *
   * @throws IllegalArgumentException if it is not {@code https}, or {@code http} to this machine,
   *     or is the address of one of its paths
   */
  public static String url(String text) {
    String address = address(text);
    if (address.endsWith("/webhook") || address.endsWith("/dispatch")) {
      throw new IllegalArgumentException(
          "the address without its last part: write " + address.replaceFirst("/\\w+$", ""));
    }
    return address;
  }

  /**
   * Reads the address of a server, with or without a path.
   *
   * @throws IllegalArgumentException if it is not {@code https}, or {@code http} to this machine
   */
  public static String address(String text) {
    URI address = uri(text.replaceFirst("/+$", ""));
    boolean secure =
        "https".equals(address.getScheme())
            || ("http".equals(address.getScheme()) && GitUrl.isThisMachine(address));
    if (!secure || address.getHost() == null) {
      throw new IllegalArgumentException("write https://HOST; http is for this machine only");
    }
    if (address.getRawUserInfo() != null
        || address.getRawQuery() != null
        || address.getRawFragment() != null) {
      throw new IllegalArgumentException("write https://HOST, without @, ? and #");
    }
    return address.toString();
  }

  private static URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw new IllegalArgumentException("not an address: write https://HOST", e);
    }
  }
}
