package dev.flakerelay;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A forge's access token, for Git, nix and REST; shows itself as {@code ***} wherever it is
 * printed.
 *
 * @param value the token, without the white space that it may have come with
 */
public record Token(String value) implements Access {
  /** What fits into a header, and is one word in nix's settings. */
  private static final Pattern FORM = Pattern.compile("[!-~]+");

  /** GitHub's name for "the password is a token"; GitLab takes any name. */
  public static final String USER = "x-access-token";

  /**
   * Leaves out white space around the token, such as the end of its line.
   *
   * @throws IllegalArgumentException if it is no token; it is not repeated
   */
  public Token {
    value = value.strip();
    if (!FORM.matcher(value).matches()) {
      throw new IllegalArgumentException(
          "a token is one word of ASCII characters, and this is something else: put the token there"
              + " and nothing besides");
    }
  }

  /**
   * User and token as the header {@code Authorization: Basic …} has them ("The 'Basic' HTTP
   * Authentication Scheme", RFC 7617).
   */
  public String basic() {
    return base64(USER + ":" + value);
  }

  /**
   * A text without the token, in whatever form it was sent: servers and proxies may repeat what
   * they were sent, and their words are told to people.
   */
  public String hide(String text) {
    return text.replace(value, "***")
        .replace(basic(), "***")
        .replace(base64(value), "***")
        .replace(URLEncoder.encode(value, StandardCharsets.UTF_8), "***");
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public Token token() {
    return this;
  }

  @Override
  public Optional<Token> replacing(Token refused) {
    return Optional.empty();
  }

  @Override
  public String setting() {
    return "secrets.git";
  }

  @Override
  public String toString() {
    return "***";
  }
}
