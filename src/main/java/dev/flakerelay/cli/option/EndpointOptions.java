package dev.flakerelay.cli.option;

import dev.flakerelay.local.http.Endpoint;
import dev.flakerelay.net.AddressRange;
import java.util.List;
import picocli.CommandLine.Option;

/** Where the endpoint is, and whom it believes. */
public final class EndpointOptions {
  @Option(
      names = "--host",
      paramLabel = "ADDRESS",
      description = "the address to listen on (${DEFAULT-VALUE}); put TLS in front of any other")
  private String host = "127.0.0.1";

  @Option(
      names = "--port",
      paramLabel = "PORT",
      description = "the port, 0 for a free one (${DEFAULT-VALUE})")
  private int port = 8080;

  @Option(
      names = "--trusted-proxy",
      paramLabel = "RANGE",
      split = ",",
      description = {
        "a reverse proxy's address or CIDR range, as often as needed: what it says in",
        "X-Forwarded-For or Forwarded is who sends a request (none)"
      })
  private List<String> trustedProxies = List.of();

  public Endpoint endpoint() throws SetupException {
    SetupException.require(port >= 0 && port <= 65535, "--port", port, "0 to 65535");
    try {
      return new Endpoint(host, port, trustedProxies.stream().map(AddressRange::parse).toList());
    } catch (IllegalArgumentException e) {
      throw new SetupException("--trusted-proxy: " + e.getMessage(), e);
    }
  }

  /** As a message names it. */
  public String place() {
    return host + " port " + port;
  }
}
