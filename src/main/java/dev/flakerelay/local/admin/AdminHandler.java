package dev.flakerelay.local.admin;

import dev.flakerelay.log.EventLog;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Takes requests from Jetty, and sends answers with what keeps other sites out of the page. */
final class AdminHandler extends Handler.Abstract {
  /** A form has two short fields. */
  private static final int LONGEST_BODY = 4096;

  private static final Map<String, String> HEADERS =
      Map.of(
          "Content-Security-Policy",
          "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self';"
              + " img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
          "X-Content-Type-Options",
          "nosniff",
          "X-Frame-Options",
          "DENY",
          "Referrer-Policy",
          "same-origin",
          "Cross-Origin-Resource-Policy",
          "same-origin",
          "Cross-Origin-Opener-Policy",
          "same-origin",
          "Cache-Control",
          "no-store");

  private final Pages pages;
  private final EventLog log;

  AdminHandler(Pages pages, EventLog log) {
    this.pages = pages;
    this.log = log;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) throws Exception {
    Reply reply = reply(request);
    response.setStatus(reply.status());
    HEADERS.forEach(response.getHeaders()::put);
    reply.headers().forEach(response.getHeaders()::put);
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, reply.type());
    response.getHeaders().put(HttpHeader.CONTENT_LENGTH, reply.body().length);
    boolean bodyless = request.getMethod().equals("HEAD");
    response.write(true, ByteBuffer.wrap(bodyless ? new byte[0] : reply.body()), callback);
    return true;
  }

  private Reply reply(Request request) throws Exception {
    if (request.getLength() > LONGEST_BODY
        || request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING)) {
      return Reply.text(413, "A form of at most " + LONGEST_BODY + " bytes is taken.");
    }
    String body = request.getLength() > 0 ? Content.Source.asString(request) : "";
    try {
      return pages.answer(call(request, body));
    } catch (RuntimeException e) {
      log.error("admin", Map.of("path", request.getHttpURI().getPath(), "reason", e.toString()));
      return Reply.text(500, "A mistake in flake-relay: see the log.");
    }
  }

  private static Call call(Request request, String body) {
    Map<String, String> headers = new HashMap<>();
    for (HttpField field : request.getHeaders()) {
      headers.merge(
          field.getLowerCaseName(), String.valueOf(field.getValue()), (a, b) -> a + "," + b);
    }
    String query = request.getHttpURI().getQuery();
    return new Call(
        request.getMethod(),
        request.getHttpURI().getPath(),
        query == null ? "" : query,
        headers,
        body);
  }
}
