package dev.flakerelay.local.admin;

import dev.flakerelay.local.status.Status;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.CounterWithCallback;
import io.prometheus.metrics.core.metrics.Gauge;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.expositionformats.OpenMetricsTextFormatWriter;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The metrics, in Prometheus's text format or OpenMetrics. Outcomes are counted in the journal, and
 * go on counting after a restart; deliveries are counted since the start.
 */
public final class Metrics {
  /** Of steps, which take from milliseconds to a run of nix's four minutes. */
  private static final double[] BOUNDS = {
    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 240
  };

  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Counter deliveries;
  private final Histogram steps;

  private final Gauge reloadFailed;
  private @Nullable Status shown;

  /** Metrics that count from now on. */
  public Metrics() {
    deliveries =
        Counter.builder()
            .name("flake_relay_deliveries_total")
            .help("Answered requests to the public port, by HTTP status, since the start.")
            .labelNames("status")
            .register(registry);
    steps =
        Histogram.builder()
            .name("flake_relay_step_duration_seconds")
            .help("How long each step of a job took, by the engine that made the lock.")
            .labelNames("step", "engine")
            .classicOnly()
            .classicUpperBounds(BOUNDS)
            .register(registry);
    CounterWithCallback.builder()
        .name("flake_relay_outcomes_total")
        .help("Jobs that have ended, each counted once.")
        .labelNames("route", "outcome")
        .callback(
            callback ->
                shown()
                    .counts()
                    .forEach(
                        (route, counts) ->
                            counts.forEach(
                                (outcome, count) -> callback.call(count, route, outcome))))
        .register(registry);
    gauge("ready", "1 while the queue can be written and nix runs, else 0.")
        .callback(callback -> callback.call(shown().ready() ? 1 : 0))
        .register(registry);
    gauge("queue_jobs", "Jobs that are queued, in hand or waiting for a retry.")
        .callback(callback -> callback.call(shown().queue().depth()))
        .register(registry);
    gauge("queue_oldest_job_age_seconds", "Age of the oldest queued job, 0 if there is none.")
        .callback(
            callback -> {
              Status status = shown();
              callback.call(
                  status.queue().oldest().map(since -> age(since, status.at())).orElse(0.0));
            })
        .register(registry);
    gauge("dead_letters", "Jobs that failed for good.")
        .callback(callback -> callback.call(shown().deadLetters().count()))
        .register(registry);
    gauge("input_lag_seconds", "How long an input has been behind its source, 0 if it is not.")
        .labelNames("route", "target", "input")
        .callback(callback -> lags(shown(), callback::call))
        .register(registry);
    reloadFailed =
        Gauge.builder()
            .name("flake_relay_config_reload_failed")
            .help("1 if the configuration was refused at the last reload, else 0.")
            .register(registry);
  }

  /** What is scraped. */
  private Status shown() {
    return Objects.requireNonNull(shown);
  }

  private static GaugeWithCallback.Builder gauge(String name, String help) {
    return GaugeWithCallback.builder().name("flake_relay_" + name).help(help);
  }

  private interface Lag {
    void is(double seconds, String... labels);
  }

  private static void lags(Status status, Lag lag) {
    for (Status.RouteStatus route : status.routes()) {
      for (Status.InputStatus input : route.inputs()) {
        if (!input.state().equals("unknown")) {
          lag.is(
              input.behindSince().map(since -> age(since, status.at())).orElse(0.0),
              route.name(),
              input.target(),
              input.input());
        }
      }
    }
  }

  private static double age(Instant since, Instant now) {
    return Math.max(0, Duration.between(since, now).toMillis() / 1000.0);
  }

  /** A request was answered. */
  public void answered(int status) {
    deliveries.labelValues(Integer.toString(status)).inc();
  }

  /** A job has ended, in which each step took its time. */
  public void ended(Map<String, Duration> times, String engine) {
    times.forEach(
        (step, time) -> steps.labelValues(step, engine).observe(time.toMillis() / 1000.0));
  }

  /** The configuration was read again. */
  public void reloaded(boolean good) {
    reloadFailed.set(good ? 0 : 1);
  }

  /** All of them, in the format that is asked for. */
  synchronized Reply scraped(Status status, String accept) {
    shown = status;
    MetricSnapshots snapshots = registry.scrape();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      OpenMetricsTextFormatWriter open = OpenMetricsTextFormatWriter.create();
      if (open.accepts(accept)) {
        open.write(out, snapshots);
        return new Reply(200, open.getContentType(), out.toByteArray(), Map.of());
      }
      PrometheusTextFormatWriter text = PrometheusTextFormatWriter.create();
      text.write(out, snapshots);
      return new Reply(200, text.getContentType(), out.toByteArray(), Map.of());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
