package dev.flakerelay.cli;

import dev.flakerelay.VisibleText;
import dev.flakerelay.app.Relay;
import dev.flakerelay.cli.option.HelpOption;
import dev.flakerelay.cli.option.QueueOptions;
import dev.flakerelay.cli.option.SetupException;
import dev.flakerelay.cli.view.OutcomeText;
import dev.flakerelay.queue.DeadLetter;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.queue.Redrive;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code relay retry}. */
@Command(
    name = "retry",
    sortOptions = false,
    description = {
      "Lists the jobs that failed for good, or puts them back.",
      "These jobs are called dead letters. Works while `relay serve` runs, which takes",
      "up what is put back within seconds."
    })
final class RetryCommand implements Callable<Integer> {
  @Parameters(
      paramLabel = "JOB",
      arity = "0..*",
      description = "puts these back, by the id that the list and the log call job")
  private List<String> jobs = new ArrayList<>();

  @Option(names = "--all", description = "puts all of them back")
  private boolean all;

  @Mixin private QueueOptions queueOptions = new QueueOptions();

  @Mixin
  @SuppressWarnings("unused") // picocli looks at it
  private HelpOption help = new HelpOption();

  @Override
  public Integer call() throws Exception {
    if (all && !jobs.isEmpty()) {
      throw new SetupException("name jobs, or say --all, not both");
    }
    try (JobQueue queue = queueOptions.visit()) {
      Redrive redrive = Relay.redrive(System.getenv(), queue, InstantSource.system());
      return all || !jobs.isEmpty() ? putBack(redrive) : list(redrive);
    }
  }

  private int list(Redrive redrive) throws QueueUnavailableException {
    List<DeadLetter> letters = redrive.list();
    letters.forEach(letter -> System.out.println(text(letter)));
    System.err.println(
        letters.isEmpty()
            ? "There are no dead letters."
            : "Put them back with `relay retry --all`, or `relay retry JOB`.");
    return Main.DONE;
  }

  private int putBack(Redrive redrive) throws QueueUnavailableException {
    Map<String, DeadLetter> seen = new LinkedHashMap<>();
    Set<String> sent = new HashSet<>();
    boolean more = true;
    // One run looks at so many letters only. What died again in the meantime is not for this time.
    while (more) {
      Set<String> before = Set.copyOf(sent);
      List<DeadLetter> run =
          redrive.force(job -> (all || jobs.contains(job.id())) && !before.contains(job.id()));
      run.forEach(letter -> seen.put(letter.message(), letter));
      run.stream()
          .filter(RetryCommand::isSent)
          .forEach(letter -> letter.job().map(Job::id).ifPresent(sent::add));
      more = sent.size() > before.size();
    }
    boolean good = true;
    for (DeadLetter letter : seen.values()) {
      if (isSent(letter)) {
        System.out.println("put back " + text(letter));
      } else if (all || letter.fate() == DeadLetter.Fate.NOT_SENT) {
        good = false;
        System.out.println("not put back " + text(letter));
      }
    }
    for (String job : jobs) {
      if (!sent.contains(job)) {
        good = false;
        System.err.println("relay: no dead letter of job " + job + " was put back");
      }
    }
    return good ? Main.DONE : Main.FAILED;
  }

  private static boolean isSent(DeadLetter letter) {
    return letter.fate() == DeadLetter.Fate.SENT;
  }

  private static String text(DeadLetter letter) {
    String since = letter.since().truncatedTo(ChronoUnit.SECONDS).toString();
    String first =
        letter
            .job()
            .map(job -> job.id() + "  " + OutcomeText.subject(job))
            .orElse("message " + VisibleText.of(letter.message()));
    return first
        + "\n  "
        + letter.job().map(job -> "attempt " + job.attempt() + " failed, ").orElse("")
        + "dead since "
        + since
        + "; "
        + VisibleText.of(letter.reason());
  }
}
