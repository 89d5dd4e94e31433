package dev.flakerelay.lock;

import dev.flakerelay.Destination;
import dev.flakerelay.Token;
import java.util.Locale;
import java.util.Optional;

/**
 * A token for a forge, with which the private ones of a target's sources there are opened; a
 * program that reads strangers' flakes never has it. Shows itself without its value.
 *
 * @param host the forge's main host, lower case
 * @param port where it speaks HTTPS
 * @param token the token
 */
public record ForgeToken(String host, int port, Token token) {

  /** The token for the forge that an https URL leads to; empty if it is another kind of URL. */
  public static Optional<ForgeToken> of(String url, Token token) {
    return url.startsWith("https://")
        ? Destination.of(url)
            .map(to -> new ForgeToken(to.host().toLowerCase(Locale.ROOT), to.port(), token))
        : Optional.empty();
  }

  @Override
  public String toString() {
    return host + ":" + port + "=***";
  }
}
