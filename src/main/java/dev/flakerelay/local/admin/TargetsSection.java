package dev.flakerelay.local.admin;

import dev.flakerelay.local.status.Status;

/** What each target locks, beside its source. */
record TargetsSection(Status status, SectionWriter out) {
  /** Writes it. */
  void write() {
    out.section("targets", "Targets");
    out.table("Route", "Target", "Input", "Locked", "Source");
    for (Status.RouteStatus route : status.routes()) {
      for (Status.InputStatus input : route.inputs()) {
        out.html().open("tr");
        out.cell("Route").text(route.name()).close("td");
        out.cell("Target");
        out.linked(input.target(), input.page());
        out.html().close("td");
        out.cell("Input").text(input.input()).close("td");
        out.cell("Locked");
        out.revision(input.locked());
        out.html().close("td");
        out.cell("Source");
        source(input);
        out.html().close("td").close("tr");
      }
    }
    out.end(true, "");
  }

  private void source(Status.InputStatus input) {
    switch (input.state()) {
      case "current" -> out.html().element("span", "current", "class", "badge good");
      case "behind" -> {
        out.html().element("span", "behind", "class", "badge warn");
        out.html().text(" the source is at ");
        out.revision(input.head());
        input
            .behindSince()
            .ifPresent(
                since -> {
                  out.html().text(", for ");
                  out.time(since, "");
                });
      }
      default -> out.html().element("span", "not compared yet", "class", "badge");
    }
    input
        .seen()
        .ifPresent(
            seen -> {
              out.html().open("small").text(" heard of ");
              out.time(seen, " ago");
              out.html().close("small");
            });
    input.problem().ifPresent(problem -> out.html().element("p", problem, "class", "reason"));
  }
}
