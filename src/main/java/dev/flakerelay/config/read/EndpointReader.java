package dev.flakerelay.config.read;

import dev.flakerelay.config.PublicEndpoint;
import dev.flakerelay.config.yaml.Section;
import java.util.Set;

/** Reads what {@code relay.yaml} says of the relay's own address and of the makers of tokens. */
final class EndpointReader {
  /** The event that comes with a token. */
  static final String DISPATCH = "dispatch";

  private EndpointReader() {}

  /** Reads the file's {@code endpoint} and {@code token-issuer}. */
  static PublicEndpoint endpoint(Section file) {
    var url = file.optional("endpoint", "https://relay.example.org", PublicEndpoint::url);
    var issuer =
        file.optional("token-issuer", PublicEndpoint.NONE.issuer(), PublicEndpoint::address);
    return new PublicEndpoint(url, issuer.orElse(PublicEndpoint.NONE.issuer()));
  }

  /** A problem if a trigger waits for tokens, and it is not said for whom these are made. */
  static void require(Section file, Set<String> events) {
    if (!file.has("endpoint") && events.contains(DISPATCH)) {
      file.problem(
          "endpoint",
          "missing: a route has event: dispatch, whose tokens are made for this address: write for"
              + " example endpoint: https://relay.example.org");
    }
  }
}
