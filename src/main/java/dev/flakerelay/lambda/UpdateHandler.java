package dev.flakerelay.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.flakerelay.log.EventLog;
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
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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

  /** After which jobs come again for which no worker could be made. */
  private static final Duration WITHOUT_WORKER = Duration.ofMinutes(1);

  private final Supplier<BatchHandler> workers;
  private final Settlement settlement;
  private @Nullable BatchHandler made;

  /** The function as Lambda makes it, from its environment. */
  public UpdateHandler() {
    this(Wiring.fromEnvironment());
    try {
      var _ = worker();
    } catch (IllegalStateException e) {
      // Said by each invocation, as only that can tell the queue. What fails here hides its jobs.
    }
  }

  private UpdateHandler(Wiring wiring) {
    this(wiring::updates, wiring.queue(), wiring.log());
  }

  /**
   * A function made of given parts.
   *
   * @param workers makes what does the work, or throws an {@link IllegalStateException} that says
   *     what is missing
   */
  UpdateHandler(Supplier<BatchHandler> workers, JobQueue queue, EventLog log) {
    this.workers = workers;
    this.settlement = new Settlement(queue, log);
  }

  /**
   * Works on a batch.
   *
   * @param event Lambda's SQS event
   * @param response the ids of the messages that must come again
   * @throws IOException if the event has another form; Lambda then keeps the whole batch
   * @throws IllegalStateException if something is missing without which no job can be done; the
   *     batch comes again
   */
  @Override
  public void handleRequest(InputStream event, OutputStream response, Context context)
      throws IOException {
    Duration left = Duration.ofMillis(context.getRemainingTimeInMillis());
    Instant end = Instant.now().plus(left);
    List<Message> batch = SqsEvent.messages(event);
    settlement.keepHidden(batch, left.plus(AFTER_THE_END));
    List<BatchHandler.Retry> retries = worker(batch).handle(batch, end);
    // A failed message would else stay hidden for the queue's whole visibility timeout.
    retries.forEach(settlement::retry);
    response.write(SqsEvent.response(retries.stream().map(retry -> retry.message().id()).toList()));
  }

  private BatchHandler worker(List<Message> batch) {
    try {
      return worker();
    } catch (IllegalStateException e) {
      batch.forEach(each -> settlement.retry(new BatchHandler.Retry(each, WITHOUT_WORKER)));
      throw e;
    }
  }

  private BatchHandler worker() {
    BatchHandler worker = made;
    if (worker == null) {
      worker = workers.get();
      made = worker;
    }
    return worker;
  }
}
