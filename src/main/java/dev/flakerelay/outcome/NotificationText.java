package dev.flakerelay.outcome;

import dev.flakerelay.ForgeHosts;
import dev.flakerelay.Version;
import dev.flakerelay.VisibleText;
import dev.flakerelay.queue.Job;
import java.util.Optional;

/**
 * An outcome for people.
 *
 * @param title what happened, in a few words
 * @param body target, revision, and why
 * @param link the commit's page or the pull request's
 * @param tag a name of an emoji of ntfy's
 * @param urgent whether somebody should look at it
 */
record NotificationText(
    String title, String body, Optional<String> link, String tag, boolean urgent) {

  static NotificationText of(Outcome outcome) {
    Job job = outcome.job();
    String input = VisibleText.word(job.input());
    String wanted =
        job.wanted().version().map(Version::text).map(text -> text + " ").orElse("")
            + (job.isResolved() ? job.revision().abbreviated() : VisibleText.word(job.requested()));
    String title =
        switch (outcome.kind()) {
          case UPDATED -> input + (outcome.pullRequest().isPresent() ? " proposed" : " updated");
          case UNCHANGED -> input + " unchanged";
          case SUPERSEDED -> input + " superseded";
          case REJECTED -> input + " rejected";
          case FAILED -> input + " failed";
        };
    String body =
        VisibleText.word(job.target())
            + ": "
            + wanted
            + outcome.reason().map(reason -> "\n" + reason).orElse("");
    Optional<String> commit =
        outcome
            .commit()
            .flatMap(
                id ->
                    ForgeHosts.DEFAULT
                        .known(job.flake().repository())
                        .map(place -> place.commit(id)));
    return new NotificationText(
        title,
        body,
        outcome.pullRequest().or(() -> commit),
        outcome.isGood() ? "white_check_mark" : "warning",
        !outcome.isGood());
  }

  /** Without any markup. */
  String plain() {
    return title + "\n" + body + link.map(page -> "\n" + page).orElse("");
  }

  /** "Formatting text for app surfaces" in Slack's documentation: three characters are escaped. */
  String slack() {
    return plain().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
