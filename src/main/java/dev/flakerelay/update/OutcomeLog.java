package dev.flakerelay.update;

import dev.flakerelay.EventLog;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.MalformedJobException;
import dev.flakerelay.queue.Message;
import java.util.Map;

/** Writes one log line for whatever becomes of a message. */
public final class OutcomeLog implements UpdateBatch.Listener {
  private final EventLog log;

  /** Writes to {@code log}. */
  public OutcomeLog(EventLog log) {
    this.log = log;
  }

  @Override
  public void ended(Outcome outcome) {
    switch (outcome.kind()) {
      case UPDATED, UNCHANGED, SUPERSEDED -> log.info("outcome", outcome.fields());
      case REJECTED -> log.warn("outcome", outcome.fields());
      case FAILED -> log.error("outcome", outcome.fields());
    }
  }

  @Override
  public void willRetry(Job job, BatchHandler.Retry retry, String reason) {
    log.warn(
        "retry",
        Map.of(
            "job", job.id(),
            "route", job.route(),
            "target", job.target(),
            "input", job.input(),
            "receive_count", retry.message().receiveCount(),
            "delay_ms", retry.delay().toMillis(),
            "reason", reason));
  }

  @Override
  public void malformed(Message message, MalformedJobException why) {
    log.error(
        "malformed",
        Map.of("message", message.id(), "reason", why.getMessage(), "body", shown(message.body())));
  }

  private static String shown(String body) {
    return body.length() > 1000 ? body.substring(0, 1000) + "…" : body;
  }
}
