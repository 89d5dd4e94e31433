package dev.flakerelay.cli.demo;

import dev.flakerelay.cli.view.OutcomeText;
import java.io.PrintStream;
import java.time.Duration;
import java.util.Map;

/** Numbered steps, and what belongs to each set in from the margin. */
final class DemoText {
  private static final String MARGIN = "     ";

  /** What an update's steps are, for somebody who never heard of them. */
  private static final Map<String, String> MEANING =
      Map.of(
          "fetch", "read flake.nix and flake.lock from the head of the target's branch",
          "history", "see that the commit is newer, and on the source's branch",
          "lock", "let nix lock exactly that commit, and prove it",
          "push", "commit flake.lock and nothing else, and push");

  private final PrintStream out;
  private int step;

  DemoText(PrintStream out) {
    this.out = out;
  }

  void line(String text) {
    out.println(text);
  }

  /** Begins the next step. */
  void step(String text) {
    step++;
    out.println();
    out.println(step + "  " + text);
  }

  /** Goes on with the sentence that begins a step. */
  void more(String text) {
    out.println("   " + text);
  }

  /** Text of several lines, as it is. */
  void block(String text) {
    text.strip().lines().forEach(line -> out.println((MARGIN + line).stripTrailing()));
  }

  /** One line for each step of an update. */
  void times(Map<String, Duration> steps) {
    steps.forEach(
        (name, time) ->
            block(
                "%-8s %s  %s"
                    .formatted(name, OutcomeText.seconds(time), MEANING.getOrDefault(name, ""))));
  }
}
