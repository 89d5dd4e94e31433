package dev.flakerelay.cli;

import dev.flakerelay.Revision;
import dev.flakerelay.queue.Job;
import dev.flakerelay.update.Outcome;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** An outcome as a person reads it. */
final class OutcomeText {
  private OutcomeText() {}

  static String of(Outcome outcome) {
    Job job = outcome.job();
    StringBuilder text = new StringBuilder();
    text.append(outcome.kind().name().toLowerCase(Locale.ROOT))
        .append(": ")
        .append(job.input())
        .append(" of ")
        .append(job.target())
        .append(" to ")
        .append(job.revision());
    outcome.commit().ifPresent(commit -> text.append(" in commit ").append(commit.hex()));
    outcome
        .locked()
        .map(Revision::hex)
        .ifPresent(hex -> text.append("\n  locked now: ").append(hex));
    outcome.pullRequest().ifPresent(url -> text.append("\n  pull request: ").append(url));
    outcome.reason().ifPresent(reason -> text.append("\n  why: ").append(reason));
    text.append("\n  took ").append(seconds(outcome.duration())).append(steps(outcome.steps()));
    return text.toString();
  }

  private static String steps(Map<String, Duration> steps) {
    return steps.isEmpty()
        ? ""
        : steps.entrySet().stream()
            .map(step -> step.getKey() + " " + seconds(step.getValue()))
            .collect(Collectors.joining(", ", " (", ")"));
  }

  static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.2f s", time.toMillis() / 1000.0);
  }
}
