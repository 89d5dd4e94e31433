package dev.flakerelay.config.name;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;

/** The URL of somebody who is told of outcomes: https, or http to this machine. */
public final class ReceiverUrl {
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]", Pattern.CASE_INSENSITIVE);

  private ReceiverUrl() {}

  /**
   * Reads a URL.
   *
   * @throws IllegalArgumentException if it is none of these; it is not repeated, as it may be a
   *     secret
   */
  public static URI parse(String text) {
    URI url;
    try {
      url = new URI(text.strip());
    } catch (URISyntaxException e) {
      throw unknown();
    }
    boolean encrypted = "https".equalsIgnoreCase(url.getScheme());
    boolean here =
        "http".equalsIgnoreCase(url.getScheme())
            && url.getHost() != null
            && LOOPBACK.matcher(url.getHost()).matches();
    if (url.getHost() == null || !(encrypted || here)) {
      throw unknown();
    }
    if (url.getRawUserInfo() != null || url.getRawFragment() != null) {
      throw new IllegalArgumentException(
          "the URL holds a user, a password or a #: leave it out, and name a token as `secret`");
    }
    return url;
  }

  private static IllegalArgumentException unknown() {
    return new IllegalArgumentException(
        "not a receiver's URL: write https://…, or name where it is kept as env:NAME, file:PATH or"
            + " aws:SECRET_ID");
  }
}
