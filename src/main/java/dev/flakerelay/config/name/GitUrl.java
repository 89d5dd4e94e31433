package dev.flakerelay.config.name;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The forms of a Git URL ("GIT URLS" in git-fetch's manual) that relay.yaml takes: {@code https},
 * {@code ssh}, {@code user@host:path}, {@code file}, and {@code http} to this machine.
 */
public final class GitUrl {
  private static final Pattern SCP =
      Pattern.compile(
          "[A-Za-z0-9_][\\w.-]*@[A-Za-z0-9][A-Za-z0-9.-]*:[^\\s\\p{Cntrl}/-][^\\s\\p{Cntrl}]*");
  private static final Pattern LOOPBACK =
      Pattern.compile("localhost|127(\\.\\d{1,3}){3}|\\[::1]|\\[0:0:0:0:0:0:0:1]");

  private GitUrl() {}

  /**
   * Checks a URL.
   *
   * @return the URL as written, without slashes at its end
   * @throws IllegalArgumentException if it has another form, holds credentials, would send a token
   *     in clear, or is known to be no repository's; what might be a password is not repeated
   */
  public static String parse(String text) {
    return parseWithoutSlash(text.replaceFirst("(?<=[^/:])/+$", ""));
  }

  private static String parseWithoutSlash(String text) {
    if (SCP.matcher(text).matches() && !text.contains("://")) {
      int colon = text.indexOf(':');
      ForgePage.refuse(
          text.substring(0, colon + 1),
          text.substring(text.indexOf('@') + 1, colon).toLowerCase(Locale.ROOT),
          text.substring(colon + 1));
      return text;
    }
    URI url = uri(text);
    switch (String.valueOf(url.getScheme())) {
      case "https" -> requireHost(url);
      case "http" -> {
        requireHost(url);
        if (!isThisMachine(url)) {
          throw new IllegalArgumentException("http would send the token in clear: write https");
        }
      }
      case "ssh" -> requireSsh(url);
      case "file" -> requireFile(url);
      case "github", "gitlab", "sourcehut", "git+https", "git+ssh", "git+file", "git+http" ->
          throw new IllegalArgumentException(
              "a flake reference, not a Git URL: write for example"
                  + " https://github.com/owner/name.git");
      default -> throw unknownForm();
    }
    if (url.getHost() != null && !"http".equals(url.getScheme())) {
      ForgePage.refuse(
          url.getScheme() + "://" + url.getRawAuthority() + "/",
          url.getHost().toLowerCase(Locale.ROOT),
          url.getRawPath());
    }
    if (url.getRawQuery() != null || url.getRawFragment() != null) {
      throw new IllegalArgumentException("a Git URL has no ? and no #: leave out what follows");
    }
    return text;
  }

  /** Whether the URL's host is, by its name, the machine itself. */
  public static boolean isThisMachine(URI url) {
    return url.getHost() != null && LOOPBACK.matcher(url.getHost()).matches();
  }

  private static URI uri(String text) {
    try {
      return new URI(text);
    } catch (URISyntaxException e) {
      throw unknownForm();
    }
  }

  private static void requireHost(URI url) {
    if (url.getRawAuthority() != null && url.getRawAuthority().contains("@")) {
      throw new IllegalArgumentException(
          "the URL holds credentials: leave out what stands before the @ and name the token in"
              + " secrets.git");
    }
    requireHostAndPath(url);
  }

  private static void requireSsh(URI url) {
    String user = String.valueOf(url.getRawUserInfo());
    if (user.contains(":")) {
      throw new IllegalArgumentException(
          "the URL holds a password: leave it out, ssh signs in with a key");
    }
    if (user.startsWith("-")) {
      throw unknownForm();
    }
    requireHostAndPath(url);
  }

  private static void requireHostAndPath(URI url) {
    if (url.getHost() == null) {
      String advice = "ssh".equals(url.getScheme()) ? ": write ssh://user@host/path" : "";
      throw new IllegalArgumentException("the URL names no valid host" + advice);
    }
    if (String.valueOf(url.getPath()).length() < 2) {
      throw new IllegalArgumentException("the URL names a host but no repository");
    }
  }

  private static void requireFile(URI url) {
    if (url.getRawAuthority() != null || url.getPath() == null || url.getPath().length() < 2) {
      throw new IllegalArgumentException(
          "a file URL names an absolute path: write for example file:///srv/git/name.git");
    }
  }

  private static IllegalArgumentException unknownForm() {
    return new IllegalArgumentException(
        "not a Git URL: write https://host/path, ssh://user@host/path, user@host:path or"
            + " file:///path");
  }
}
