package dev.flakerelay.cli.view;

import dev.flakerelay.Revision;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.outcome.OutcomeListener;
import dev.flakerelay.outcome.OutcomeLog;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.MalformedJobException;
import dev.flakerelay.queue.Message;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What becomes of each message, as somebody reads it who looks on: less than {@link OutcomeLog}
 * tells machines.
 */
public final class OutcomeLines implements OutcomeListener {
  private final EventLog log;
  private final OutcomeLog full;

  /** Writes to {@code log}. */
  public OutcomeLines(EventLog log) {
    this.log = log;
    this.full = new OutcomeLog(log);
  }

  @Override
  public void ended(Outcome outcome) {
    Map<String, String> fields = about(outcome.job());
    outcome
        .locked()
        .map(Revision::abbreviated)
        .ifPresent(revision -> fields.put("locked", revision));
    outcome
        .commit()
        .map(Revision::abbreviated)
        .ifPresent(revision -> fields.put("commit", revision));
    outcome.pullRequest().ifPresent(url -> fields.put("pull_request", url.toString()));
    outcome.reason().ifPresent(reason -> fields.put("reason", reason));
    if (outcome.job().attempt() > 1) {
      fields.put("attempt", Integer.toString(outcome.job().attempt()));
    }
    if (!outcome.duration().isZero()) {
      fields.put("took", OutcomeText.seconds(outcome.duration()));
    }
    String event = outcome.kind().key();
    switch (outcome.kind()) {
      case UPDATED, UNCHANGED, SUPERSEDED -> log.info(event, fields);
      case REJECTED -> log.warn(event, fields);
      case FAILED -> log.error(event, fields);
    }
  }

  @Override
  public void willRetry(Job job, BatchHandler.Retry retry, String reason) {
    Map<String, String> fields = about(job);
    fields.put("again_in", OutcomeText.seconds(retry.delay()));
    fields.put("reason", reason);
    log.warn("retry", fields);
  }

  private static Map<String, String> about(Job job) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("input", job.input());
    fields.put("target", job.target());
    fields.put("requested", job.isResolved() ? job.revision().abbreviated() : job.requested());
    job.version().ifPresent(version -> fields.put("version", version.text()));
    return fields;
  }

  @Override
  public void malformed(Message message, MalformedJobException why) {
    full.malformed(message, why);
  }
}
