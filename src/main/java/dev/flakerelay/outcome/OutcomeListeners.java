package dev.flakerelay.outcome;

import dev.flakerelay.Deadline;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.MalformedJobException;
import dev.flakerelay.queue.Message;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Several listeners as one, told in their order. One that fails is no harm to the job or to the
 * others.
 */
public final class OutcomeListeners implements OutcomeListener {
  private final List<OutcomeListener> listeners;
  private final EventLog log;

  /**
   * Tells these.
   *
   * @param log is told of one that fails
   */
  public OutcomeListeners(List<OutcomeListener> listeners, EventLog log) {
    this.listeners = List.copyOf(listeners);
    this.log = log;
  }

  @Override
  public void queued(Job job) {
    tell(each -> each.queued(job));
  }

  @Override
  public void ended(Outcome outcome) {
    tell(each -> each.ended(outcome));
  }

  @Override
  public void willRetry(Job job, BatchHandler.Retry retry, String reason) {
    tell(each -> each.willRetry(job, retry, reason));
  }

  @Override
  public void malformed(Message message, MalformedJobException why) {
    tell(each -> each.malformed(message, why));
  }

  @Override
  public void finish(Duration patience) {
    Deadline deadline = Deadline.in(patience);
    tell(each -> each.finish(deadline.remaining()));
  }

  private void tell(Consumer<OutcomeListener> news) {
    for (OutcomeListener each : listeners) {
      try {
        news.accept(each);
      } catch (RuntimeException | Error e) {
        say(e);
      }
    }
  }

  private void say(Throwable failure) {
    try {
      log.error("listener", Map.of("reason", failure.toString()));
    } catch (RuntimeException | Error e) {
      // It may be the log itself that fails.
    }
  }
}
