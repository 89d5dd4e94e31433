package dev.flakerelay.outcome;

import dev.flakerelay.Deadline;
import dev.flakerelay.ForgeHosts;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.Route;
import dev.flakerelay.forge.CommitStatus;
import dev.flakerelay.forge.Forge;
import dev.flakerelay.forge.Statuses;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Answers the sender: writes a commit status on the source's revision, context {@code
 * flake-relay/ROUTE}, of the routes that want it. {@code pending} once a job is queued and its
 * source is known, then what became of it. Several jobs of one route and revision share the
 * context: {@link SharedStatus}.
 */
public final class StatusReports implements OutcomeListener {
  /** Of jobs whose last state is remembered, so that nothing is written twice. */
  private static final int MOST_KNOWN = 5000;

  private final Config config;
  private final SourceForges forges;
  private final EventLog log;
  private final StatusText text;
  private final Map<String, Outbox> outboxes = new ConcurrentHashMap<>();
  private final Map<String, SourceBranch> sources = new ConcurrentHashMap<>();
  private final Set<String> refused = ConcurrentHashMap.newKeySet();
  private final Map<String, Told> told = new LinkedHashMap<>();

  /** What was told last of a job. */
  private record Told(Instant dispatched, int attempt, CommitStatus.State state) {}

  /**
   * Reports nothing so far.
   *
   * @param forges opens the sources' forges
   * @param log gets an event {@code report} for a status that could not be written
   */
  public StatusReports(Config config, SourceForges forges, EventLog log) {
    this.config = config;
    this.forges = forges;
    this.log = log;
    this.text = new StatusText(config.forges());
  }

  @Override
  public void queued(Job job) {
    report(job, text.queued(job), Optional.empty());
  }

  @Override
  public void ended(Outcome outcome) {
    Job job = outcome.job();
    outcome.source().ifPresent(source -> sources.put(sourceKey(job), source));
    report(job, text.ended(outcome), Optional.of(outcome.kind()));
  }

  @Override
  public void finish(Duration patience) {
    Deadline deadline = Deadline.in(patience);
    outboxes.values().forEach(each -> each.finish(deadline.remaining()));
  }

  private void report(Job job, CommitStatus status, Optional<Outcome.Kind> end) {
    Route route = config.routes().get(job.route());
    if (route == null || !config.reports(route) || !job.isResolved()) {
      return;
    }
    Optional<SourceBranch> source =
        route.source().or(() -> Optional.ofNullable(sources.get(sourceKey(job))));
    if (source.isEmpty() || !isNews(job, status.state())) {
      return;
    }
    String repository = source.get().url();
    Set<String> parts = parts(route, config.routes().values());
    String key = String.join(" ", repository, job.route(), job.subject(), job.revision().hex());
    outbox(repository)
        .put(
            key,
            new Outbox.Letter() {
              @Override
              public void send() throws JobException {
                write(source.get(), job, status, end, parts);
              }

              @Override
              public void lost(JobException why) {
                say(repository, why);
              }
            });
  }

  /** A sending that is late, or comes twice, must not put an end back to its beginning. */
  private synchronized boolean isNews(Job job, CommitStatus.State state) {
    String key = job.route() + " " + job.id();
    Told last = told.get(key);
    if (last != null
        && last.attempt() == job.attempt()
        && last.dispatched().equals(job.request().at())
        && (last.state() == state || state == CommitStatus.State.PENDING)) {
      return false;
    }
    told.remove(key);
    told.put(key, new Told(job.request().at(), job.attempt(), state));
    if (told.size() > MOST_KNOWN) {
      told.remove(told.keySet().iterator().next());
    }
    return true;
  }

  private void write(
      SourceBranch source,
      Job job,
      CommitStatus status,
      Optional<Outcome.Kind> end,
      Set<String> parts)
      throws JobException {
    Forge forge =
        forges
            .of(source, job)
            .orElseThrow(
                () ->
                    new PermanentException(
                        "no token may write a status to "
                            + source.url()
                            + ": name one in secrets.git that is for its host, name the host in"
                            + " `forges`, or set `report: false` on the route "
                            + job.route()));
    try (Statuses statuses = forge.statuses()) {
      if (parts.size() <= 1) {
        statuses.set(job.revision(), status);
      } else {
        String page =
            ForgeHosts.place(source.url())
                .map(place -> place.commit(job.revision()))
                .orElse(source.url());
        new SharedStatus(statuses, job.revision(), parts, page).write(job.subject(), status, end);
      }
      refused.remove(source.url());
    }
  }

  /** All that a dispatch of the route updates, but for what a route before it does. */
  private static Set<String> parts(Route route, Collection<Route> routes) {
    Set<String> subjects = new LinkedHashSet<>();
    for (Route each : routes) {
      if (each.equals(route)) {
        Set<String> own = subjects(route);
        own.removeAll(subjects);
        return own;
      }
      subjects.addAll(subjects(each));
    }
    return subjects(route);
  }

  private static Set<String> subjects(Route route) {
    Set<String> subjects = new LinkedHashSet<>();
    route
        .targets()
        .forEach(
            target ->
                target.inputs().forEach(input -> subjects.add(Job.subject(target.flake(), input))));
    return subjects;
  }

  private static String sourceKey(Job job) {
    return job.route() + " " + job.subject();
  }

  /** One for each server, so that none waits for another. */
  private Outbox outbox(String repository) {
    String server = repository.replaceFirst("^(https?://[^/]+).*", "$1");
    return outboxes.computeIfAbsent(server, _ -> new Outbox("statuses"));
  }

  /** Whoever may not write statuses hears of it once. */
  private void say(String repository, JobException why) {
    if (!(why instanceof PermanentException) || refused.add(repository)) {
      log.warn("report", Map.of("to", repository, "reason", why.getMessage()));
    }
  }
}
