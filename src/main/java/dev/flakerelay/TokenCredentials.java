package dev.flakerelay;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * How an access token is shown to a forge as user and password ("The 'Basic' HTTP Authentication
 * Scheme", RFC 7617), and how it is kept out of what is said of that.
 */
public final class TokenCredentials {
  /** GitHub's name for "the password is a token"; GitLab takes any name. */
  public static final String USER = "x-access-token";

  private TokenCredentials() {}

  /** User and token as the header {@code Authorization: Basic …} has them. */
  public static String basic(String token) {
    return base64(USER + ":" + token);
  }

  /**
   * A text without the token, in whatever form it was sent: servers and proxies may repeat what
   * they were sent, and their words are told to people.
   */
  public static String hide(String token, String text) {
    return text.replace(token, "***")
        .replace(basic(token), "***")
        .replace(base64(token), "***")
        .replace(URLEncoder.encode(token, StandardCharsets.UTF_8), "***");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
