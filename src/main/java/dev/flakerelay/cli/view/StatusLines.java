package dev.flakerelay.cli.view;

import dev.flakerelay.VisibleText;
import dev.flakerelay.local.status.Status;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the status page shows, as lines of at most 80 columns. */
public final class StatusLines {
  private static final int COLUMNS = 80;
  private static final int MOST_OUTCOMES = 10;

  private final List<String> lines = new ArrayList<>();
  private final Status status;

  private StatusLines(Status status) {
    this.status = status;
  }

  /** The lines. */
  public static List<String> of(Status status) {
    return new StatusLines(status).all();
  }

  private List<String> all() {
    add(
        (status.ready() ? "ready" : "not ready")
            + ": "
            + status.queue().depth()
            + " queued, "
            + status.deadLetters().count()
            + " dead letters, "
            + status.version());
    status.troubles().forEach(trouble -> wrap(trouble));
    add("");
    for (Status.RouteStatus route : status.routes()) {
      for (Status.InputStatus input : route.inputs()) {
        add(column(input.state()) + input.input() + " of " + place(input.target()));
        String locked = "locked " + brief(input.locked());
        add(
            column("")
                + locked
                + (input.state().equals("behind") ? ", source at " + brief(input.head()) : "")
                + input.behindSince().map(since -> " for " + span(since)).orElse(""));
      }
    }
    for (Status.Letter letter : status.deadLetters().letters()) {
      add("");
      add(column("dead") + letter.wanted().map(StatusLines::text).orElse(letter.message()));
      letter.wanted().ifPresent(wanted -> add(column("") + "relay retry " + wanted.job()));
      letter.reason().ifPresent(this::wrap);
    }
    for (Status.Queued job : status.queue().jobs()) {
      add(column(job.stage().replace('_', ' ')) + text(job.wanted()));
    }
    add("");
    status.outcomes().stream()
        .limit(MOST_OUTCOMES)
        .forEach(
            ended -> {
              add(
                  column(ended.outcome())
                      + text(ended.wanted())
                      + ", "
                      + span(ended.at())
                      + " ago");
              ended.reason().ifPresent(this::wrap);
            });
    return lines;
  }

  private static String column(String word) {
    return String.format("%-11s", word);
  }

  private static String text(Status.Wanted wanted) {
    return wanted.input()
        + " to "
        + wanted.version().map(version -> version + " ").orElse("")
        + brief(Optional.of(wanted.requested()))
        + " of "
        + place(wanted.target());
  }

  /** Without what is the same for all. */
  private static String place(String target) {
    return target.replaceFirst("^https://", "").replaceFirst("\\.git ", " ");
  }

  private static String brief(Optional<String> revision) {
    return revision
        .map(text -> text.matches("[0-9a-f]{40,64}") ? text.substring(0, 7) : text)
        .orElse("unknown");
  }

  private String span(Instant since) {
    long seconds = Math.max(0, Duration.between(since, status.at()).toSeconds());
    if (seconds < 120) {
      return seconds + " s";
    }
    return seconds < 7200 ? seconds / 60 + " min" : seconds / 3600 + " h";
  }

  private void wrap(String text) {
    String indent = column("");
    StringBuilder line = new StringBuilder(indent);
    for (String word : VisibleText.of(text).split(" +", -1)) {
      if (line.length() + word.length() + 1 > COLUMNS && line.length() > indent.length()) {
        add(line.toString());
        line = new StringBuilder(indent);
      }
      line.append(line.length() > indent.length() ? " " : "").append(word);
    }
    add(line.toString());
  }

  private void add(String line) {
    String visible = VisibleText.of(line).stripTrailing();
    lines.add(visible.length() > COLUMNS ? visible.substring(0, COLUMNS - 1) + "…" : visible);
  }
}
