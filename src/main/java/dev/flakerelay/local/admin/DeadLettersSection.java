package dev.flakerelay.local.admin;

import dev.flakerelay.local.status.Status;
import java.util.List;

/** Jobs that failed for good, each with its button. */
record DeadLettersSection(Status status, String token, SectionWriter out) {
  /** Writes it. */
  void write() {
    out.section("dead-letters", "Dead letters");
    List<Status.Letter> letters = status.deadLetters().letters();
    if (status.deadLetters().count() > Math.min(1, letters.size())) {
      button(Retry.ALL, "Retry all", "Retry all dead letters");
    }
    if (!letters.isEmpty()) {
      out.table("Job", "Failed", "Why", "Retry");
      for (Status.Letter letter : letters) {
        out.html().open("tr");
        out.cell("Job");
        letter
            .wanted()
            .ifPresentOrElse(out::wanted, () -> out.html().text("message " + letter.message()));
        out.html().close("td");
        out.cell("Failed");
        out.time(letter.since(), " ago");
        out.html().text(letter.attempt() > 0 ? ", attempt " + letter.attempt() : "").close("td");
        out.cell("Why").text(letter.reason().orElse("see the log")).close("td");
        out.cell("Retry");
        letter.wanted().ifPresent(this::retryButton);
        out.html().close("td").close("tr");
      }
    }
    long count = status.deadLetters().count();
    out.end(!letters.isEmpty(), count == 0 ? "None." : more(count, letters.size()));
  }

  /** SQS tells how many there are, and shows none without taking it. */
  private String more(long count, int shown) {
    if (shown == 0) {
      return SectionWriter.counted(count, "dead letter")
          + " in SQS, which does not list them: why they failed is among the last outcomes.";
    }
    return count > shown ? SectionWriter.counted(count - shown, "more dead letter") : "";
  }

  private void retryButton(Status.Wanted wanted) {
    button(wanted.job(), "Retry", "Retry " + wanted.input() + " of " + wanted.target());
  }

  private void button(String job, String text, String label) {
    out.html()
        .open("form", "method", "post", "action", "/retry")
        .open("input", "type", "hidden", "name", "token", "value", token)
        .open("input", "type", "hidden", "name", "job", "value", job)
        .element("button", text, "type", "submit", "id", "retry-" + job, "aria-label", label)
        .close("form");
  }
}
