package dev.flakerelay.outcome;

import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.MalformedJobException;
import dev.flakerelay.queue.Message;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Writes one log line for whatever becomes of a message. */
public final class OutcomeLog implements OutcomeListener {
  private final EventLog log;
  private final UnaryOperator<Map<String, @Nullable Object>> decoration;

  /** Writes to {@code log}. */
  public OutcomeLog(EventLog log) {
    this(log, UnaryOperator.identity());
  }

  /**
   * Writes to {@code log}, with more in the lines of outcomes.
   *
   * @param decoration adds fields to those of an outcome
   */
  public OutcomeLog(EventLog log, UnaryOperator<Map<String, @Nullable Object>> decoration) {
    this.log = log;
    this.decoration = decoration;
  }

  /**
   * {@inheritDoc}
   *
   * <p>The fields are those of {@link Outcome#fields}, and {@code age_ms}: the time since the
   * dispatch came in.
   */
  @Override
  public void ended(Outcome outcome) {
    Map<String, @Nullable Object> fields = outcome.fields();
    fields.put("age_ms", Duration.between(outcome.job().firstSeen(), log.now()).toMillis());
    Map<String, @Nullable Object> all = decoration.apply(fields);
    switch (outcome.kind()) {
      case UPDATED, UNCHANGED, SUPERSEDED -> log.info("outcome", all);
      case REJECTED -> log.warn("outcome", all);
      case FAILED -> log.error("outcome", all);
    }
  }

  @Override
  public void willRetry(Job job, BatchHandler.Retry retry, String reason) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("job", job.id());
    fields.put("route", job.route());
    fields.put("target", job.target());
    fields.put("input", job.input());
    fields.put("receive_count", retry.message().receiveCount());
    fields.put("delay_ms", retry.delay().toMillis());
    fields.put("reason", reason);
    log.warn("retry", fields);
  }

  @Override
  public void malformed(Message message, MalformedJobException why) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("message", message.id());
    fields.put("reason", why.getMessage());
    fields.put("body", shown(message.body()));
    log.error("malformed", fields);
  }

  private static String shown(String body) {
    return body.length() > 1000 ? body.substring(0, 1000) + "…" : body;
  }
}
