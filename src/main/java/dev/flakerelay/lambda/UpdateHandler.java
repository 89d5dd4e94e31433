package dev.flakerelay.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.flakerelay.EventLog;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.Settlement;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * The worker as a Lambda function behind the queue's event source mapping, with {@code
 * ReportBatchItemFailures} ("Handling errors for an SQS event source in Lambda", AWS Lambda
 * developer guide).
 */
public final class UpdateHandler implements RequestStreamHandler {
  /**
   * A function that is killed, as for want of memory, tells the queue nothing: its messages come
   * again so long after it would have ended, and not after the queue's visibility timeout, which is
   * six times as long as the function's.
   */
  private static final Duration AFTER_THE_END = Duration.ofMinutes(1);

  private final BatchHandler updates;
  private final Settlement settlement;

  /** The function as Lambda makes it, from its environment. */
  public UpdateHandler() {
    this(Wiring.fromEnvironment());
  }

  private UpdateHandler(Wiring wiring) {
    this(wiring.updates(), wiring.queue(), wiring.log());
  }

  /** A function made of given parts. */
  UpdateHandler(BatchHandler updates, JobQueue queue, EventLog log) {
    this.updates = updates;
    this.settlement = new Settlement(queue, log);
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
    Duration left = Duration.ofMillis(context.getRemainingTimeInMillis());
    Instant end = Instant.now().plus(left);
    List<Message> batch = SqsEvent.messages(event);
    settlement.keepHidden(batch, left.plus(AFTER_THE_END));
    List<BatchHandler.Retry> retries = updates.handle(batch, end);
    // A failed message would else stay hidden for the queue's whole visibility timeout.
    retries.forEach(settlement::retry);
    response.write(SqsEvent.response(retries.stream().map(retry -> retry.message().id()).toList()));
  }
}
