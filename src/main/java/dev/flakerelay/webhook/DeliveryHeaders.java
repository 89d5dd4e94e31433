package dev.flakerelay.webhook;

import dev.flakerelay.secret.Secret;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The headers of a webhook call (GitHub Docs, "Webhook events and payloads", Delivery headers). */
public final class DeliveryHeaders {
  static final String CONTENT_TYPE = "Content-Type";
  static final String EVENT = "X-GitHub-Event";
  static final String ID = "X-GitHub-Delivery";
  static final String SIGNATURE = "X-Hub-Signature-256";

  private DeliveryHeaders() {}

  /**
   * The headers by name, as GitHub sends them.
   *
   * @param body JSON
   * @param secret what signs the body; without one there is no signature
   */
  public static Map<String, String> of(
      String event, String id, byte[] body, Optional<Secret> secret) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put(CONTENT_TYPE, "application/json");
    headers.put(EVENT, event);
    headers.put(ID, id);
    secret.ifPresent(key -> headers.put(SIGNATURE, Signature.of(key, body)));
    return headers;
  }
}
