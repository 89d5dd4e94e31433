package dev.flakerelay.nix;

import dev.flakerelay.Destination;
import dev.flakerelay.Token;
import dev.flakerelay.nix.egress.ForgeRequest;
import dev.flakerelay.nix.egress.RepositoryAddress;
import java.util.Locale;
import java.util.Optional;

/**
 * A token for a forge, with which the private ones of a target's sources there are opened; nix
 * itself never has it. Shows itself without its value.
 *
 * @param host the forge's main host, lower case
 * @param port where it speaks HTTPS
 * @param token the token
 */
public record NixAccess(String host, int port, Token token) {

  /** The access to the forge that an https URL leads to; empty if it is another kind of URL. */
  public static Optional<NixAccess> to(String url, Token token) {
    return url.startsWith("https://")
        ? Destination.of(url)
            .map(to -> new NixAccess(to.host().toLowerCase(Locale.ROOT), to.port(), token))
        : Optional.empty();
  }

  /** Whether a connection leads to the forge: its site, its API or its archives. */
  public boolean covers(Destination destination) {
    return destination.port() == port && RepositoryAddress.belongs(destination.host(), host);
  }

  /**
   * The header that opens a repository. A forge's API takes the token itself ("Authenticating to
   * the REST API" in GitHub's documentation, "REST API authentication" in GitLab's), Git's protocol
   * a user and a password.
   */
  public String header(ForgeRequest.Kind kind) {
    return "Authorization: "
        + (kind == ForgeRequest.Kind.API ? "Bearer " + token.value() : "Basic " + token.basic());
  }

  @Override
  public String toString() {
    return host + ":" + port + "=***";
  }
}
