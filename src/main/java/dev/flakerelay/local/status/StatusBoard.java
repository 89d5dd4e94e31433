package dev.flakerelay.local.status;

import dev.flakerelay.Revision;
import dev.flakerelay.Version;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.Target;
import dev.flakerelay.local.sqlite.InputState;
import dev.flakerelay.local.sqlite.Journal;
import dev.flakerelay.local.sqlite.RecordedOutcome;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.JobJson;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.MalformedJobException;
import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.QueueContents;
import dev.flakerelay.queue.QueueUnavailableException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Puts together what is known, from the queue and the journal; asks nobody over the network but the
 * queue.
 *
 * @param version of the program
 * @param file the configuration's
 */
public record StatusBoard(String version, String file, JobQueue queue, Journal journal) {
  private static final int MOST_QUEUED = 100;
  private static final int MOST_OUTCOMES = 50;

  /** How many outcomes are searched for why a job failed. */
  private static final int REMEMBERED = 1_000;

  /**
   * Looks now.
   *
   * @param troubles what is wrong already
   * @throws QueueUnavailableException if queue or journal can't be read
   */
  public Status look(Config config, List<String> troubles, Instant now)
      throws QueueUnavailableException {
    List<RecordedOutcome> recent = journal.newest(REMEMBERED);
    List<InputState> known = journal.inputs();
    return new Status(
        now,
        version,
        file,
        troubles,
        troubles.isEmpty(),
        routes(config, known),
        journal.totals(),
        queued(queue.contents(MOST_QUEUED)),
        letters(queue.deadLetters().contents(MOST_QUEUED), recent),
        recent.stream().limit(MOST_OUTCOMES).map(StatusBoard::ended).toList());
  }

  /** What can be said while neither queue nor journal can be read. */
  public Status blind(Config config, List<String> troubles, Instant now) {
    return new Status(
        now,
        version,
        file,
        troubles,
        false,
        routes(config, List.of()),
        Map.of(),
        new Status.QueueStatus(0, Optional.empty(), List.of()),
        new Status.LetterStatus(0, List.of()),
        List.of());
  }

  private static List<Status.RouteStatus> routes(Config config, List<InputState> known) {
    List<Status.RouteStatus> routes = new ArrayList<>();
    for (Route route : config.routes().values()) {
      List<Status.InputStatus> inputs = new ArrayList<>();
      for (Target target : route.targets()) {
        for (String input : target.inputs()) {
          inputs.add(input(route.name(), target, input, known));
        }
      }
      routes.add(new Status.RouteStatus(route.name(), inputs));
    }
    return routes;
  }

  private static Status.InputStatus input(
      String route, Target target, String input, List<InputState> known) {
    String name = target.flake().toString();
    Optional<InputState> state =
        known.stream()
            .filter(
                each ->
                    each.route().equals(route)
                        && each.target().equals(name)
                        && each.input().equals(input))
            .findFirst();
    return new Status.InputStatus(
        name,
        RepositoryPage.of(target.flake().repository()),
        input,
        state.flatMap(InputState::locked).map(Revision::hex),
        state.flatMap(InputState::head).map(Revision::hex),
        state.flatMap(InputState::source),
        state.map(InputState::seen).filter(seen -> seen.isAfter(Instant.EPOCH)),
        state.flatMap(InputState::behindSince),
        state.flatMap(InputState::problem));
  }

  private static Status.QueueStatus queued(QueueContents contents) {
    List<Status.Queued> jobs = new ArrayList<>();
    for (QueueContents.Entry entry : contents.first()) {
      Message message = entry.message();
      job(message)
          .ifPresent(
              job ->
                  jobs.add(
                      new Status.Queued(
                          wanted(job),
                          entry.stage().name().toLowerCase(Locale.ROOT),
                          message.receiveCount() - 1,
                          message.sentAt(),
                          entry.until())));
    }
    return new Status.QueueStatus(contents.count(), contents.oldest(), jobs);
  }

  private static Status.LetterStatus letters(QueueContents contents, List<RecordedOutcome> recent) {
    List<Status.Letter> letters = new ArrayList<>();
    for (QueueContents.Entry entry : contents.first()) {
      Message message = entry.message();
      Optional<Job> job = job(message);
      Optional<String> reason =
          job.flatMap(
              dead ->
                  recent.stream()
                      .filter(each -> each.text("job").equals(Optional.of(dead.id())))
                      .findFirst()
                      .flatMap(each -> each.text("reason")));
      letters.add(
          new Status.Letter(
              message.id(),
              job.map(StatusBoard::wanted),
              message.sentAt(),
              job.map(Job::attempt).orElse(0),
              reason));
    }
    return new Status.LetterStatus(contents.count(), letters);
  }

  private static Optional<Job> job(Message message) {
    try {
      return Optional.of(JobJson.read(message.body()));
    } catch (MalformedJobException e) {
      return Optional.empty();
    }
  }

  private static Status.Wanted wanted(Job job) {
    return new Status.Wanted(
        job.id(),
        job.route(),
        job.target(),
        job.input(),
        job.requested(),
        job.version().map(Version::text));
  }

  private static Status.Ended ended(RecordedOutcome outcome) {
    String target = outcome.text("target").orElse("");
    String repository = target.replaceFirst(" .*", "");
    Optional<String> commit = outcome.text("commit");
    Map<String, Long> steps = new LinkedHashMap<>();
    outcome.steps().forEach((step, time) -> steps.put(step, time.toMillis()));
    return new Status.Ended(
        outcome.at(),
        outcome.text("outcome").orElse(""),
        new Status.Wanted(
            outcome.text("job").orElse(""),
            outcome.text("route").orElse(""),
            target,
            outcome.text("input").orElse(""),
            outcome.text("requested").orElse(""),
            outcome.text("version")),
        outcome.text("locked"),
        commit,
        outcome
            .text("pull_request")
            .filter(url -> url.startsWith("https://"))
            .or(() -> commit.flatMap(id -> RepositoryPage.ofCommit(repository, id))),
        outcome.text("reason"),
        outcome.fields().path("attempt").asInt(1),
        outcome.duration().toMillis(),
        steps);
  }
}
