package dev.flakerelay.app;

import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.Receiver;
import dev.flakerelay.forge.Forge;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.outcome.Notifications;
import dev.flakerelay.outcome.OutcomeListener;
import dev.flakerelay.outcome.OutcomeListeners;
import dev.flakerelay.outcome.StatusReports;
import dev.flakerelay.queue.Job;
import dev.flakerelay.secret.SecretReader;
import dev.flakerelay.update.Repositories;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Puts together those who hear of outcomes. */
record Listeners(Config config, Repositories repositories, SecretReader reader, EventLog log) {
  /** What one try to tell somebody may take. */
  private static final Duration ONE_REPORT = Duration.ofSeconds(15);

  /** These, and after them whom the configuration names. */
  OutcomeListener after(List<OutcomeListener> first) {
    List<OutcomeListener> all = new ArrayList<>(first);
    if (config.routes().values().stream().anyMatch(config::reports)) {
      all.add(new StatusReports(config, this::forge, log));
    }
    for (Receiver receiver : config.receivers()) {
      all.add(new Notifications(receiver, reader, log));
    }
    return new OutcomeListeners(all, log);
  }

  private Optional<Forge> forge(SourceBranch source, Job job) throws JobException {
    return repositories.within(Deadline.in(ONE_REPORT)).reportForge(source, job);
  }
}
