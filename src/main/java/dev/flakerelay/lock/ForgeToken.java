package dev.flakerelay.lock;

import dev.flakerelay.Access;
import dev.flakerelay.Destination;
import dev.flakerelay.JobException;
import dev.flakerelay.Token;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;

/**
 * Tokens for a forge, with which the private ones of a target's sources there are opened; a program
 * that reads strangers' flakes never has one. Shows itself without a value.
 *
 * @param host the forge's main host, lower case
 * @param port where it speaks HTTPS
 * @param keys says what opens a repository
 */
public record ForgeToken(String host, int port, Keys keys) {

  /** One token for every repository. */
  public ForgeToken(String host, int port, Token token) {
    this(host, port, path -> Optional.of(token));
  }

  /** Tokens for the forge that an https URL leads to; empty if it is another kind of URL. */
  public static Optional<ForgeToken> of(String url, Keys keys) {
    return url.startsWith("https://")
        ? Destination.of(url)
            .map(to -> new ForgeToken(to.host().toLowerCase(Locale.ROOT), to.port(), keys))
        : Optional.empty();
  }

  /**
   * What opens a repository.
   *
   * @param path such as {@code owner/name}
   * @return empty if nothing does
   */
  public Optional<? extends Access> of(String path) throws JobException {
    return keys.of(path);
  }

  /**
   * The same, which tells what it shows.
   *
   * @param shown gets every token, before it is shown
   */
  public ForgeToken telling(Collection<Token> shown) {
    return new ForgeToken(
        host, port, path -> keys.of(path).map(access -> new ToldAccess(access, shown)));
  }

  /** What opens repositories of one forge. */
  @FunctionalInterface
  public interface Keys {
    /**
     * What opens one of them.
     *
     * @param path such as {@code owner/name}
     * @return empty if nothing does
     */
    Optional<? extends Access> of(String path) throws JobException;
  }

  private record ToldAccess(Access access, Collection<Token> shown) implements Access {
    @Override
    public Token token() throws JobException {
      Token token = access.token();
      shown.add(token);
      return token;
    }

    @Override
    public Optional<Token> replacing(Token refused) throws JobException {
      Optional<Token> token = access.replacing(refused);
      token.ifPresent(shown::add);
      return token;
    }

    @Override
    public String setting() {
      return access.setting();
    }
  }

  @Override
  public String toString() {
    return host + ":" + port + "=***";
  }
}
