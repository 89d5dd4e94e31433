package dev.flakerelay.cli.view;

import dev.flakerelay.VisibleText;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.queue.Job;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** An outcome as a person reads it; what others wrote is shown as {@link VisibleText}. */
public final class OutcomeText {
  private OutcomeText() {}

  /** An outcome, as one line. */
  public static String of(Outcome outcome) {
    StringBuilder text = new StringBuilder();
    text.append(outcome.kind().key()).append(": ").append(subject(outcome.job()));
    outcome.locked().ifPresent(locked -> text.append("\n  locked now: ").append(locked));
    outcome.commit().ifPresent(commit -> text.append("\n  commit: ").append(commit));
    outcome
        .pullRequest()
        .ifPresent(url -> text.append("\n  pull request: ").append(VisibleText.of(url)));
    outcome.reason().ifPresent(why -> text.append("\n  why: ").append(VisibleText.of(why)));
    if (!outcome.duration().isZero()) {
      text.append("\n  took ").append(seconds(outcome.duration())).append(steps(outcome.steps()));
    }
    return text.toString();
  }

  /** What a job asks for. */
  public static String subject(Job job) {
    return VisibleText.of(
        job.input()
            + " of "
            + job.target()
            + " to "
            + job.requested()
            + job.version().map(version -> " (v" + version + ")").orElse(""));
  }

  private static String steps(Map<String, Duration> steps) {
    return steps.isEmpty()
        ? ""
        : steps.entrySet().stream()
            .map(step -> step.getKey() + " " + seconds(step.getValue()))
            .collect(Collectors.joining(", ", " (", ")"));
  }

  /** A time in seconds, with two digits after the point. */
  public static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.2f s", time.toMillis() / 1000.0);
  }
}
