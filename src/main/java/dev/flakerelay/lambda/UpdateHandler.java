package dev.flakerelay.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.flakerelay.EventLog;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.QueueUnavailableException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The worker as a Lambda function behind the queue's event source mapping, with {@code
 * ReportBatchItemFailures} ("Handling errors for an SQS event source in Lambda", AWS Lambda
 * developer guide).
 */
public final class UpdateHandler implements RequestStreamHandler {
  private final BatchHandler updates;
  private final JobQueue queue;
  private final EventLog log;

  /** The function as Lambda makes it, from its environment. */
  public UpdateHandler() {
    this(Wiring.fromEnvironment());
  }

  private UpdateHandler(Wiring wiring) {
    this(wiring.updates(), wiring.queue(), wiring.log());
  }

  /** A function made of given parts. */
  public UpdateHandler(BatchHandler updates, JobQueue queue, EventLog log) {
    this.updates = updates;
    this.queue = queue;
    this.log = log;
  }

  /**
   * Works on a batch.
   *
   * @param event Lambda's SQS event
   * @param response the ids of the messages that must come again
   * @throws IOException if the event has another form; Lambda then keeps the whole batch
   */
  @Override
  public void handleRequest(InputStream event, OutputStream response, Context context)
      throws IOException {
    // A function that runs into its timeout hides its messages for the queue's whole visibility.
    Instant end = Instant.now().plusMillis(context.getRemainingTimeInMillis());
    List<BatchHandler.Retry> retries = updates.handle(SqsEvent.messages(event), end);
    retries.forEach(this::hide);
    response.write(SqsEvent.response(retries.stream().map(retry -> retry.message().id()).toList()));
  }

  /** Without this a failed message would stay hidden for the queue's whole visibility timeout. */
  private void hide(BatchHandler.Retry retry) {
    Message message = retry.message();
    try {
      queue.retryAfter(message, retry.delay());
    } catch (QueueUnavailableException e) {
      log.warn(
          "message-not-settled",
          new TreeMap<>(Map.of("message", message.id(), "reason", String.valueOf(e.getMessage()))));
    }
  }
}
