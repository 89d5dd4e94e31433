package dev.flakerelay.local.admin;

import dev.flakerelay.local.status.Status;
import dev.flakerelay.local.status.StatusMonitor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * What is answered on the admin address.
 *
 * @param monitor asked for what is shown
 * @param metrics written at {@code /metrics}
 * @param retry puts dead letters back
 * @param token what forms must show
 * @param origins whose requests count
 */
record Pages(
    StatusMonitor monitor, Metrics metrics, Retry retry, FormToken token, Origins origins) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  private static final Map<String, Reply> FILES =
      Map.of(
          "/style.css", file("style.css", "text/css; charset=utf-8"),
          "/page.js", file("page.js", "text/javascript; charset=utf-8"),
          "/icon.svg", file("icon.svg", "image/svg+xml"));

  private static Reply file(String name, String type) {
    try (InputStream file = Objects.requireNonNull(Pages.class.getResourceAsStream(name), name)) {
      return new Reply(200, type, file.readAllBytes(), Map.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Answers a request. */
  Reply answer(Call call) {
    if (!origins.isOurs(call)) {
      return Reply.text(
          421,
          "This address is not known here. Open the page as http://localhost:PORT, or have the"
              + " proxy in front of it send that as Host.");
    }
    Reply reply =
        call.path().equals("/retry")
            ? call.method().equals("POST") ? retried(call) : wrongMethod("POST")
            : call.method().equals("GET") || call.method().equals("HEAD")
                ? shown(call)
                : wrongMethod("GET, HEAD");
    return reply;
  }

  private static Reply wrongMethod(String allowed) {
    Reply reply = Reply.text(405, "Use " + allowed + ".");
    return new Reply(reply.status(), reply.type(), reply.body(), Map.of("Allow", allowed));
  }

  private Reply shown(Call call) {
    return switch (call.path()) {
      case "/" ->
          Reply.of(
              200,
              "text/html; charset=utf-8",
              StatusPage.of(monitor.current(), token.text(), notice(call)));
      case "/status.json" ->
          Reply.of(200, "application/json", JSON.writeValueAsString(monitor.current()));
      case "/metrics" -> metrics.scraped(monitor.current(), call.header("accept").orElse(""));
      case "/readyz" -> readiness(monitor.current());
      default ->
          Optional.ofNullable(FILES.get(call.path()))
              .orElseGet(() -> Reply.text(404, "There is /, /status.json, /metrics and /readyz."));
    };
  }

  private static Optional<String> notice(Call call) {
    return call.asked("retry")
        .flatMap(
            name ->
                Arrays.stream(Retry.Result.values())
                    .filter(result -> result.name().equalsIgnoreCase(name))
                    .map(Retry.Result::words)
                    .findFirst());
  }

  private static Reply readiness(Status status) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("ready", status.ready());
    body.put("troubles", status.troubles());
    return Reply.of(status.ready() ? 200 : 503, "application/json", JSON.writeValueAsString(body));
  }

  private Reply retried(Call call) {
    if (!origins.isSameOrigin(call)) {
      return Reply.text(403, "Forms of other sites are not taken.");
    }
    if (!token.is(call.sent("token").orElse(""))) {
      return Reply.text(403, "The form is too old: load the page again.");
    }
    Retry.Result result = retry.of(call.sent("job").orElse(""));
    return Reply.seeOther("/?retry=" + result.name().toLowerCase(Locale.ROOT) + "#dead-letters");
  }
}
