package dev.flakerelay.cli;

import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.outcome.OutcomeListener;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.MalformedJobException;
import dev.flakerelay.queue.Message;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Waits for the end of the one job that is queued. */
public final class FirstOutcome implements OutcomeListener {
  private final CompletableFuture<Outcome> outcome = new CompletableFuture<>();

  /**
   * The outcome, once it is there.
   *
   * @throws ExecutionException if the job failed, be it only for now
   * @throws TimeoutException if it takes too long
   */
  public Outcome get(Duration patience)
      throws InterruptedException, ExecutionException, TimeoutException {
    return outcome.get(patience.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void ended(Outcome ended) {
    outcome.complete(ended);
  }

  @Override
  public void willRetry(Job job, BatchHandler.Retry retry, String reason) {
    outcome.completeExceptionally(new IllegalStateException(reason));
  }

  @Override
  public void malformed(Message message, MalformedJobException why) {
    outcome.completeExceptionally(why);
  }
}
