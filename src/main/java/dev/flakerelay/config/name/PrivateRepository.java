package dev.flakerelay.config.name;

import java.util.regex.Pattern;

/** A repository on a host, {@code host/owner/name}; GitLab's may have groups in between. */
public final class PrivateRepository {
  private static final Pattern PATH =
      Pattern.compile("~?[A-Za-z0-9_][\\w.+-]{0,99}(/[A-Za-z0-9_][\\w.+-]{0,99}){1,20}");

  private PrivateRepository() {}

  /**
   * Reads an address.
   *
   * @return the address, its host in lower case, without {@code .git}
   * @throws IllegalArgumentException if it has another form
   */
  public static String parse(String text) {
    int slash = text.indexOf('/');
    if (text.contains("://") || slash < 1 || !PATH.matcher(text.substring(slash + 1)).matches()) {
      throw new IllegalArgumentException(
          "not a repository's address: write host/owner/name, for example github.com/owner/name");
    }
    return HostName.parse(text.substring(0, slash))
        + text.substring(slash).replaceFirst("\\.git$", "");
  }
}
