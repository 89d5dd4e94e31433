package dev.flakerelay.local.admin;

import dev.flakerelay.local.status.Status;
import java.util.List;

/** What waits. */
record QueueSection(Status status, SectionWriter out) {
  /** Writes it. */
  void write() {
    out.section("queue", "Queue");
    List<Status.Queued> jobs = status.queue().jobs();
    if (!jobs.isEmpty()) {
      out.table("Job", "State", "Queued");
      for (Status.Queued job : jobs) {
        out.html().open("tr");
        out.cell("Job");
        out.wanted(job.wanted());
        out.html().close("td");
        out.cell("State").text(state(job)).close("td");
        out.cell("Queued");
        out.time(job.queued(), " ago");
        out.html().close("td").close("tr");
      }
    }
    long more = status.queue().depth() - jobs.size();
    out.end(
        !jobs.isEmpty(),
        more > 0 ? SectionWriter.counted(more, "more job") : jobs.isEmpty() ? "Empty." : "");
  }

  private String state(Status.Queued job) {
    // The try in hand counts as one.
    int failed = job.stage().equals("in_hand") ? job.tries() - 1 : job.tries();
    String tries = failed > 0 ? ", failed " + SectionWriter.counted(failed, "time") : "";
    return switch (job.stage()) {
      case "in_hand" -> "in work" + tries;
      case "retry" -> "again in " + out.until(job.until().orElse(status.at())) + tries;
      default -> "waiting" + tries;
    };
  }
}
