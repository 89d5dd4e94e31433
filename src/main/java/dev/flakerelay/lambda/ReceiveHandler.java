package dev.flakerelay.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.flakerelay.EventLog;
import dev.flakerelay.webhook.Answer;
import dev.flakerelay.webhook.Intake;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/** The endpoint as a Lambda function behind an HTTP API. */
public final class ReceiveHandler implements RequestStreamHandler {
  private final Intake intake;
  private final EventLog log;

  /** The function as Lambda makes it, from its environment. */
  public ReceiveHandler() {
    this(Wiring.fromEnvironment());
  }

  private ReceiveHandler(Wiring wiring) {
    this(wiring.intake(), wiring.log());
  }

  /** A function made of given parts. */
  public ReceiveHandler(Intake intake, EventLog log) {
    this.intake = intake;
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
    Answer answer = intake.answer(HttpEvent.request(event));
    answer.writeTo(log);
    response.write(HttpEvent.response(answer));
  }
}
