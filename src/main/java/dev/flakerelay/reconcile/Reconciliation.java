package dev.flakerelay.reconcile;

import dev.flakerelay.config.Config;
import dev.flakerelay.config.Route;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.QueueUnavailableException;
import java.time.Instant;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Queues an update for every input that lags behind its source's branch, of the routes that want
 * it: the net below a delivery that was never sent, or never arrived. The update itself decides
 * whether the branch's head really is newer.
 */
public final class Reconciliation {
  /** The result of what could not be looked at. */
  public static final String FAILED = "failed";

  private final Config config;
  private final Comparison comparison;
  private final JobQueue queue;
  private final EventLog log;
  private final Consumer<Comparison.Finding> seen;

  /**
   * For a configuration's routes.
   *
   * @param log gets one line for each input, event {@code reconcile}: {@code result} is {@code
   *     current}, {@code behind} or {@code failed}
   */
  public Reconciliation(Config config, Comparison comparison, JobQueue queue, EventLog log) {
    this(config, comparison, queue, log, _ -> {});
  }

  /**
   * The same with somebody else who hears.
   *
   * @param seen told what was found about each input
   */
  public Reconciliation(
      Config config,
      Comparison comparison,
      JobQueue queue,
      EventLog log,
      Consumer<Comparison.Finding> seen) {
    this.seen = seen;
    this.config = config;
    this.comparison = comparison;
    this.queue = queue;
    this.log = log;
  }

  /** The routes whose inputs are compared. */
  public static List<Route> routes(Config config) {
    return config.routes().values().stream().filter(Route::reconcile).toList();
  }

  /**
   * Looks once, and queues what lags, each as soon as it is seen.
   *
   * @param until when this must have ended; what there is no time for counts as failed
   * @return how many inputs had which result
   * @throws QueueUnavailableException if the queue did not take it; looking again is safe
   */
  public Map<String, Integer> run(Instant until) throws QueueUnavailableException {
    Map<String, Integer> results = new LinkedHashMap<>();
    Iterator<Comparison.Finding> findings = comparison.of(routes(config), until).iterator();
    while (findings.hasNext()) {
      Comparison.Finding finding = findings.next();
      seen.accept(finding);
      String result =
          switch (finding) {
            case Comparison.Finding.Seen both -> handle(both);
            case Comparison.Finding.Failed failed -> tell(failed);
          };
      results.merge(result, 1, Integer::sum);
    }
    return results;
  }

  private String handle(Comparison.Finding.Seen seen) throws QueueUnavailableException {
    if (seen.lags()) {
      queue.send(List.of(seen.job()));
    }
    String result = seen.lags() ? "behind" : "current";
    Map<String, Object> fields = about(seen.job(), result);
    seen.locked().ifPresent(revision -> fields.put("locked", revision.hex()));
    fields.put("head", seen.head().hex());
    if (seen.lags()) {
      fields.put("job", seen.job().id());
    }
    log.info("reconcile", fields);
    return result;
  }

  private String tell(Comparison.Finding.Failed failed) {
    Map<String, Object> fields = about(failed.job(), FAILED);
    fields.put("reason", failed.why().getMessage());
    log.warn("reconcile", fields);
    return FAILED;
  }

  private static Map<String, Object> about(Job job, String result) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("result", result);
    fields.put("route", job.route());
    fields.put("target", job.target());
    fields.put("input", job.input());
    return fields;
  }
}
