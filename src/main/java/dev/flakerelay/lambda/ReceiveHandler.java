package dev.flakerelay.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.webhook.Answer;
import dev.flakerelay.webhook.Intake;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import org.crac.Core;
import org.crac.Resource;

/** The endpoint as a Lambda function behind an HTTP API. */
public final class ReceiveHandler implements RequestStreamHandler, Resource {
  private final Intake intake;
  private final AllowedAddresses allowed;
  private final EventLog log;

  /** The function as Lambda makes it, from its environment. */
  public ReceiveHandler() {
    this(Wiring.fromEnvironment());
    Core.getGlobalContext().register(this);
  }

  private ReceiveHandler(Wiring wiring) {
    this(wiring.intake(), wiring.allowedAddresses(), wiring.log());
  }

  /** A function made of given parts. */
  ReceiveHandler(Intake intake, AllowedAddresses allowed, EventLog log) {
    this.intake = intake;
    this.allowed = allowed;
    this.log = log;
  }

  /**
   * Answers one request.
   *
   * @param event payload format 2.0
   * @param response payload format 2.0
   * @throws IOException if the event has another form, which no sender can bring about
   */
  @Override
  public void handleRequest(InputStream event, OutputStream response, Context context)
      throws IOException {
    answer(event, response);
  }

  void answer(InputStream event, OutputStream response) throws IOException {
    HttpEvent http = HttpEvent.read(event);
    Answer answer =
        allowed.admit(http.source())
            ? intake.answer(http.request())
            : Answer.error(403, "address").about("address", http.source().orElse(""));
    answer.writeTo(log);
    response.write(HttpEvent.response(answer));
  }

  /** Makes the first delivery after a restore as fast as any other. */
  @Override
  public void beforeCheckpoint(org.crac.Context<? extends Resource> snapshot) throws IOException {
    var _ = Priming.run();
  }

  /** Nothing to do: connections and secrets are made when they are needed. */
  @Override
  public void afterRestore(org.crac.Context<? extends Resource> snapshot) {}
}
