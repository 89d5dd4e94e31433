package dev.flakerelay.local.admin;

import dev.flakerelay.Revision;
import dev.flakerelay.Version;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.TargetRef;
import dev.flakerelay.config.read.ConfigReader;
import dev.flakerelay.local.sqlite.Journal;
import dev.flakerelay.local.sqlite.SqliteJobQueue;
import dev.flakerelay.local.status.StatusBoard;
import dev.flakerelay.local.status.StatusMonitor;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.queue.DeadLetter;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.queue.Redrive;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A page of a real queue and a real journal, in which something of everything has happened. */
final class ShownRelay implements AutoCloseable {
  private static final String HOSTS = "https://github.com/acme/machines.git";
  private static final String EDGE = "https://git.example.org/acme/edge.git";
  private static final String YAML =
      """
      secrets: { webhook: [env:RELAY_WEBHOOK_SECRET] }
      routes:
        api:
          when: [{ event: release, repository: acme/api }]
          targets:
            - { repository: https://github.com/acme/machines.git, branch: main, input: api }
            - { repository: https://git.example.org/acme/edge.git, branch: main, input: api }
        dashboard:
          when: [{ event: push, repository: acme/dashboard, branch: main }]
          targets:
            - { repository: https://github.com/acme/machines.git, branch: main, input: dashboard }
        firmware:
          when: [{ event: release, repository: acme/firmware }]
          targets:
            - { repository: https://git.example.org/acme/edge.git, branch: main, input: firmware }
      """;

  private final Instant now = Instant.now();
  private final SqliteJobQueue queue;
  private final Journal journal;
  private final StatusMonitor monitor;
  private final AdminServer server;
  private int revisions;

  private ShownRelay(Path folder) throws Exception {
    queue = SqliteJobQueue.open(folder.resolve("queue"));
    journal = Journal.open(folder.resolve("journal"));
    fill();
    Path file = Files.writeString(folder.resolve("relay.yaml"), YAML);
    Config config = ConfigReader.read(file);
    EventLog log =
        new EventLog(
            new PrintStream(OutputStream.nullOutputStream()),
            EventLog.Format.JSON,
            InstantSource.system());
    StatusBoard board =
        new StatusBoard("flake-relay 0.1.0", "/etc/flake-relay/relay.yaml", queue, journal);
    monitor =
        new StatusMonitor(
            board, () -> config, Optional::empty, Optional::empty, Optional::empty, log);
    Redrive redrive = new Redrive(queue, queue.deadLetters(), InstantSource.system());
    server =
        AdminServer.start(
            new AdminAddress("127.0.0.1", 0, true),
            monitor,
            new Metrics(),
            job -> retried(redrive, job),
            FormToken.in(folder),
            log);
  }

  static ShownRelay in(Path folder) throws Exception {
    return new ShownRelay(folder);
  }

  private static Retry.Result retried(Redrive redrive, String job) {
    try {
      return redrive.force(each -> each.id().equals(job)).stream()
              .anyMatch(letter -> letter.fate() == DeadLetter.Fate.SENT)
          ? Retry.Result.SENT
          : Retry.Result.GONE;
    } catch (QueueUnavailableException e) {
      return Retry.Result.NOT_SENT;
    }
  }

  private void fill() throws Exception {
    ended(5400, Outcome.Kind.UPDATED, job(HOSTS, "dashboard", ""), "");
    ended(5300, Outcome.Kind.UPDATED, job(EDGE, "firmware", "7.1.0"), "");
    ended(4000, Outcome.Kind.UPDATED, job(EDGE, "api", "2.3.0"), "");
    ended(
        3900,
        Outcome.Kind.REJECTED,
        job(HOSTS, "api", "2.3.0"),
        "2.3.0 is not on branch main of the source: release a commit that is on it");
    Job superseded = job(HOSTS, "dashboard", "");
    ended(1200, Outcome.Kind.SUPERSEDED, superseded, "a newer revision is queued");
    ended(1190, Outcome.Kind.UPDATED, job(HOSTS, "dashboard", ""), "");
    Job lost = job(EDGE, "firmware", "7.2.0");
    ended(
        600,
        Outcome.Kind.FAILED,
        lost,
        "Tried to push to https://git.example.org/acme/edge.git but failed because: 503 Service"
            + " Unavailable: is the server up?");
    queue.deadLetters().send(List.of(lost));
    ended(90, Outcome.Kind.UPDATED, job(HOSTS, "api", "2.4.0"), "");
    queue.send(List.of(job(EDGE, "api", "2.4.0")));
    queue.receive(1, Duration.ZERO);
  }

  /** Queues one job more. */
  Job queued(String version) throws Exception {
    Job job = job(HOSTS, "dashboard", version);
    queue.send(List.of(job));
    return job;
  }

  private Job job(String repository, String input, String version) {
    String digits = Integer.toHexString(0x9e3779b9 * ++revisions);
    return new Job(
        input,
        new TargetRef(repository, "main", "."),
        input,
        new Job.Wanted(
            new Revision(digits.repeat(6).substring(0, 40)),
            Optional.empty(),
            version.isEmpty() ? Optional.empty() : Optional.of(new Version(version))),
        Job.Request.delivery("72d3162e-" + revisions, now.minusSeconds(6000 - revisions)),
        1);
  }

  private void ended(int secondsAgo, Outcome.Kind kind, Job job, String why) throws Exception {
    boolean updated = kind == Outcome.Kind.UPDATED;
    Map<String, Duration> steps = new LinkedHashMap<>();
    if (updated) {
      steps.put("fetch", Duration.ofMillis(310));
      steps.put("lock", Duration.ofMillis(820 + 37L * revisions));
      steps.put("push", Duration.ofMillis(540));
    }
    Duration took = steps.values().stream().reduce(Duration.ofMillis(30), Duration::plus);
    journal.end(
        new Outcome(
            kind,
            job,
            updated ? Optional.of(job.revision()) : Optional.empty(),
            updated
                ? Optional.of(new Revision(new StringBuilder(job.revision().hex()).reverse() + ""))
                : Optional.empty(),
            why.isEmpty() ? Optional.empty() : Optional.of(why),
            steps,
            took),
        now.minusSeconds(secondsAgo));
  }

  URI url() {
    return server.url();
  }

  /** How many dead letters there are. */
  long deadLetters() throws Exception {
    return queue.deadLetters().contents(1).count();
  }

  /** Nobody answers any more. */
  void stopListening() {
    server.close();
  }

  @Override
  public void close() {
    server.close();
    monitor.close();
    journal.close();
    queue.close();
  }
}
