package dev.flakerelay.local.http;

import dev.flakerelay.net.AddressRange;
import java.util.List;

/**
 * Where deliveries are listened for.
 *
 * @param host a name or address of this machine; {@code 0.0.0.0} for all of them
 * @param port 0 for a free one
 * @param trustedProxies those that are believed when they say whose requests they pass on, in
 *     {@code X-Forwarded-For} or {@code Forwarded}
 */
public record Endpoint(String host, int port, List<AddressRange> trustedProxies) {
  /** An endpoint that clients reach directly. */
  public Endpoint(String host, int port) {
    this(host, port, List.of());
  }
}
