package dev.flakerelay.cli.view;

import dev.flakerelay.Revision;
import dev.flakerelay.VisibleText;
import dev.flakerelay.queue.Job;
import dev.flakerelay.reconcile.Comparison;

/** What was found about an input of a target, as a person reads it: one line. */
public final class FindingText {
  private FindingText() {}

  /** What was found, as one line. */
  public static String of(Comparison.Finding finding) {
    return VisibleText.of(text(finding));
  }

  /** What is wrong with an input that could be looked at. */
  public static String wrong(Comparison.Finding.Seen seen, String problem) {
    return VisibleText.of(subject(seen.job()) + ": " + problem);
  }

  private static String text(Comparison.Finding finding) {
    return switch (finding) {
      case Comparison.Finding.Seen seen ->
          subject(seen.job())
              + " is locked at "
              + seen.locked().map(Revision::abbreviated).orElse("no revision")
              + ", its source "
              + seen.source()
              + " is at "
              + seen.head().abbreviated()
              + (seen.submodulesFollow() ? "" : ", a submodule is elsewhere");
      case Comparison.Finding.Failed failed ->
          subject(failed.job()) + ": " + failed.why().getMessage();
    };
  }

  private static String subject(Job job) {
    return job.route() + ": " + job.target() + " " + job.input();
  }
}
