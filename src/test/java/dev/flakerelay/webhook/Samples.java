package dev.flakerelay.webhook;

import dev.flakerelay.config.Checks;
import dev.flakerelay.config.CommitStyle;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.EngineChoice;
import dev.flakerelay.config.Network;
import dev.flakerelay.config.ProposalStyle;
import dev.flakerelay.config.Publish;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.Secrets;
import dev.flakerelay.config.Target;
import dev.flakerelay.config.TargetRef;
import dev.flakerelay.config.Trigger;
import dev.flakerelay.config.name.RepositoryName;
import dev.flakerelay.secret.Secret;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A configuration and deliveries for tests. */
public final class Samples {
  /** The secret of GitHub's own example and of the fixtures in {@code events/}. */
  public static final Secret SECRET = new Secret("It's a Secret to Everybody");

  public static final String SHA = "37d5e2c8bb1e2bb1d4cd6a4fd3c1e2f0a9b8c7d6";
  public static final InstantSource CLOCK = () -> Instant.parse("2026-11-20T09:14:06Z");

  static final RepositoryName NIXCFG = RepositoryName.parse("markus-barta/nixcfg");
  static final RepositoryName NIXFLEET = RepositoryName.parse("markus-barta/nixfleet");

  private Samples() {}

  /** One route that waits for every kind of delivery that the fixtures have. */
  public static Config config() {
    return config(
        route(
            "nixfleet",
            List.of(
                new Trigger.RepositoryDispatch(NIXCFG, "nixfleet-updated"),
                new Trigger.Push(NIXFLEET, "master"),
                new Trigger.WorkflowRun(
                    NIXFLEET, Optional.of("release.yml"), Optional.of("master")),
                new Trigger.Release(NIXFLEET)),
            target("nixcfg", "nixfleet")));
  }

  /** One route that waits for these. */
  public static Config waitingFor(Trigger... when) {
    return config(route("nixfleet", List.of(when), target("nixcfg", "nixfleet")));
  }

  static Config config(Route... routes) {
    Map<String, Route> byName = new LinkedHashMap<>();
    for (Route route : routes) {
      byName.put(route.name(), route);
    }
    return new Config(new Secrets(List.of(), Optional.empty()), byName, Network.DEFAULT);
  }

  static Route route(String name, List<Trigger> when, Target... targets) {
    return new Route(
        name,
        when,
        Optional.empty(),
        List.of(targets),
        CommitStyle.DEFAULT,
        Publish.PUSH,
        Set.of(),
        Route.DEFAULT_PUSH_ATTEMPTS,
        true,
        Optional.empty(),
        Optional.empty(),
        ProposalStyle.DEFAULT,
        EngineChoice.AUTO,
        Checks.IGNORED);
  }

  static Target target(String name, String... inputs) {
    return new Target(
        new TargetRef("https://github.com/markus-barta/" + name + ".git", "main", "."),
        List.of(inputs),
        List.of());
  }

  /** The headers of a delivery, signed with {@link #SECRET}. */
  public static Map<String, String> headers(String event, byte[] body) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Content-Type", "application/json");
    headers.put("X-GitHub-Event", event);
    headers.put("X-GitHub-Delivery", "72d3162e-cc78-11e3-81ab-4c9367dc0958");
    headers.put("X-Hub-Signature-256", Signature.of(SECRET, body));
    return headers;
  }

  static Request signed(String event, String json) {
    return signed(event, json.getBytes(StandardCharsets.UTF_8));
  }

  static Request signed(String event, byte[] body) {
    return post(headers(event, body), body);
  }

  static Request post(Map<String, String> headers, byte[] body) {
    return Request.of("POST", "/webhook", headers, body);
  }

  /** A {@code repository_dispatch} that {@link #config()} waits for. */
  public static String dispatch(String clientPayload) {
    return """
    {"action":"nixfleet-updated","client_payload":%s,"repository":{"full_name":"markus-barta/nixcfg"}}\
    """
        .formatted(clientPayload);
  }

  /** The usual {@code client_payload}. */
  public static String dispatch() {
    return dispatch("{\"sha\":\"" + SHA + "\",\"version\":\"v2.1.1\"}");
  }
}
