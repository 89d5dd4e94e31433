package dev.flakerelay.local.admin;

import dev.flakerelay.local.status.Status;
import java.util.Optional;
import java.util.stream.Collectors;

/** What became of the last jobs. */
record OutcomesSection(Status status, SectionWriter out) {
  /** Writes it. */
  void write() {
    out.section("outcomes", "Last outcomes");
    if (!status.outcomes().isEmpty()) {
      out.table("Outcome", "Job", "When", "Result");
      for (Status.Ended ended : status.outcomes()) {
        out.html().open("tr");
        out.cell("Outcome")
            .element("span", ended.outcome(), "class", "badge " + tone(ended.outcome()));
        out.html().close("td");
        out.cell("Job");
        out.wanted(ended.wanted());
        out.html().close("td");
        out.cell("When");
        out.time(ended.at(), " ago");
        out.html().close("td");
        out.cell("Result");
        result(ended);
        out.html().close("td").close("tr");
      }
    }
    out.end(!status.outcomes().isEmpty(), status.outcomes().isEmpty() ? "None yet." : "");
  }

  private void result(Status.Ended ended) {
    ended.commit().ifPresent(commit -> out.linked(SectionWriter.brief(commit), ended.page()));
    if (ended.commit().isEmpty()) {
      ended.page().ifPresent(page -> out.linked("pull request", Optional.of(page)));
    }
    ended.reason().ifPresent(reason -> out.html().element("p", reason, "class", "reason"));
    if (ended.took() > 0) {
      String steps =
          ended.steps().entrySet().stream()
              .map(step -> step.getKey() + " " + SectionWriter.seconds(step.getValue()))
              .collect(Collectors.joining(", "));
      out.html()
          .element(
              "small", SectionWriter.seconds(ended.took()) + (steps.isEmpty() ? "" : ": " + steps));
    }
  }

  private static String tone(String outcome) {
    return switch (outcome) {
      case "updated" -> "good";
      case "rejected" -> "warn";
      case "failed" -> "bad";
      default -> "calm";
    };
  }
}
