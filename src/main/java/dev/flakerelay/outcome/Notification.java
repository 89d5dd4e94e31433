package dev.flakerelay.outcome;

import dev.flakerelay.config.Receiver;
import dev.flakerelay.secret.Secret;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * A request that tells one receiver of one outcome.
 *
 * @param method {@code POST} or {@code PUT}
 * @param headers by name
 * @param body JSON
 */
// The bytes are sent, never compared.
@SuppressWarnings("ArrayRecordComponent")
record Notification(String method, URI url, Map<String, String> headers, byte[] body) {
  private static final JsonMapper JSON = JsonMapper.shared();

  /**
   * Writes it.
   *
   * @param url the receiver's, which may be a secret
   * @param secret the receiver's, where it has one
   * @param id the same for the same outcome: a receiver that can tell shows it once
   */
  static Notification of(
      Receiver receiver, URI url, Optional<Secret> secret, String id, Outcome outcome) {
    NotificationText text = NotificationText.of(outcome);
    return switch (receiver.as()) {
      case JSON -> json(url, secret.orElseThrow(), id, outcome);
      case SLACK -> post(url, Map.of(), Map.of("text", text.slack()));
      case NTFY -> ntfy(url, secret, text);
      case MATRIX -> matrix(receiver, url, secret.orElseThrow(), id, text);
    };
  }

  /** The fields of the log's line, signed as GitHub signs ("Validating webhook deliveries"). */
  private static Notification json(URI url, Secret secret, String id, Outcome outcome) {
    byte[] body = JSON.writeValueAsBytes(outcome.fields());
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("X-GitHub-Event", "flake_relay_outcome");
    headers.put("X-GitHub-Delivery", id);
    headers.put("X-Hub-Signature-256", "sha256=" + signature(secret, body));
    return new Notification("POST", url, withType(headers), body);
  }

  private static String signature(Secret secret, byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.value().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      return HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  /** "Publish as JSON" in ntfy's documentation: the topic goes into the body. */
  private static Notification ntfy(URI url, Optional<Secret> secret, NotificationText text) {
    String path = String.valueOf(url.getPath()).replaceFirst("/+$", "");
    int slash = path.lastIndexOf('/');
    Map<String, @Nullable Object> body = new LinkedHashMap<>();
    body.put("topic", path.substring(slash + 1));
    body.put("title", text.title());
    body.put("message", text.body());
    body.put("tags", List.of(text.tag()));
    body.put("priority", text.urgent() ? 4 : 3);
    text.link().ifPresent(link -> body.put("click", link));
    return post(url.resolve(slash <= 0 ? "/" : path.substring(0, slash + 1)), bearer(secret), body);
  }

  /** "PUT /rooms/{roomId}/send/{eventType}/{txnId}" in Matrix's client-server API. */
  private static Notification matrix(
      Receiver receiver, URI url, Secret secret, String id, NotificationText text) {
    String base = url.toString().replaceFirst("/+$", "");
    String room = URLEncoder.encode(receiver.room().orElseThrow(), StandardCharsets.UTF_8);
    URI place =
        URI.create(
            base + "/_matrix/client/v3/rooms/" + room + "/send/m.room.message/flake-relay-" + id);
    Map<String, Object> body = Map.of("msgtype", "m.notice", "body", text.plain());
    return new Notification(
        "PUT", place, withType(bearer(Optional.of(secret))), JSON.writeValueAsBytes(body));
  }

  private static Notification post(URI url, Map<String, String> headers, Map<String, ?> body) {
    return new Notification("POST", url, withType(headers), JSON.writeValueAsBytes(body));
  }

  private static Map<String, String> bearer(Optional<Secret> secret) {
    return secret.map(token -> Map.of("Authorization", "Bearer " + token.value())).orElse(Map.of());
  }

  private static Map<String, String> withType(Map<String, String> headers) {
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put("Content-Type", "application/json");
    all.put("User-Agent", "flake-relay");
    return all;
  }

  /** The same without what is secret. */
  @Override
  public String toString() {
    return method + " " + body.length + " bytes";
  }
}
