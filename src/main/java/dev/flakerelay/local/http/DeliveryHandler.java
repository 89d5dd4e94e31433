package dev.flakerelay.local.http;

import dev.flakerelay.log.EventLog;
import dev.flakerelay.webhook.Intake;
import dev.flakerelay.webhook.RequestHead;
import java.net.InetAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/** Hands requests to the {@link Intake}. */
final class DeliveryHandler extends Handler.Abstract {
  private final Supplier<Intake> intake;
  private final IntConsumer answered;
  private final EventLog log;
  private final Places places;
  private final ClientAddress clients;

  /**
   * A handler.
   *
   * @param intake asked for anew with each request
   * @param answered told the status of each answer to a delivery
   */
  DeliveryHandler(
      Supplier<Intake> intake,
      IntConsumer answered,
      EventLog log,
      Places places,
      ClientAddress clients) {
    this.intake = intake;
    this.answered = answered;
    this.log = log;
    this.places = places;
    this.clients = clients;
  }

  @Override
  public boolean handle(Request request, Response response, Callback callback) {
    InetAddress peer =
        Places.address(request.getConnectionMetaData().getConnection().getEndPoint());
    var client =
        clients.of(
            peer,
            request.getHeaders().getValuesList(HttpHeader.X_FORWARDED_FOR),
            request.getHeaders().getValuesList(HttpHeader.FORWARDED));
    if (!request.getHttpURI().getPath().equals(Intake.HEALTH_PATH)) {
      Request.addCompletionListener(request, _ -> answered.accept(response.getStatus()));
    }
    new Exchange(intake.get(), log, places, client, head(request), request, response, callback)
        .start();
    return true;
  }

  private static RequestHead head(Request request) {
    Map<String, String> headers = new LinkedHashMap<>();
    for (HttpField field : request.getHeaders()) {
      headers.merge(
          field.getLowerCaseName(), String.valueOf(field.getValue()), (a, b) -> a + "," + b);
    }
    long length = request.getLength();
    return new RequestHead(
        request.getMethod(),
        request.getHttpURI().getPath(),
        headers,
        length < 0 ? OptionalLong.empty() : OptionalLong.of(length));
  }
}
