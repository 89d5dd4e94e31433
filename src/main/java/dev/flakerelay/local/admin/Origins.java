package dev.flakerelay.local.admin;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Tells a browser's own requests to the page from those that another site makes it send.
 *
 * @param host what is listened on
 */
record Origins(String host) {
  private static final Pattern LOOPBACK =
      Pattern.compile("(localhost|127(\\.\\d{1,3}){3}|\\[::1])(:\\d{1,5})?");

  /**
   * Whether the request names this machine. A site whose name is made to lead to a loopback address
   * (DNS rebinding) names itself. On other addresses, any name may be right.
   */
  boolean isOurs(Call call) {
    String named = call.header("host").orElse("").toLowerCase(Locale.ROOT);
    return !isLoopback()
        || LOOPBACK.matcher(named).matches()
        || named.replaceFirst(":\\d+$", "").equals(host.toLowerCase(Locale.ROOT));
  }

  private boolean isLoopback() {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return true;
    }
  }

  /**
   * Whether a form was sent by the page itself ("Fetch Metadata Request Headers", W3C; "HTTP
   * Origin", RFC 6454). A program that is no browser says neither.
   */
  boolean isSameOrigin(Call call) {
    Optional<String> site = call.header("sec-fetch-site");
    Optional<String> origin = call.header("origin");
    String here = call.header("host").orElse("");
    return site.map(value -> value.equals("same-origin")).orElse(true)
        && origin
            .map(
                value ->
                    value.equalsIgnoreCase("http://" + here)
                        || value.equalsIgnoreCase("https://" + here))
            .orElse(true);
  }
}
