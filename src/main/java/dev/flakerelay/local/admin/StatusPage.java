package dev.flakerelay.local.admin;

import dev.flakerelay.local.status.Status;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The status page: reads without a script, which only brings it up to date. */
final class StatusPage {
  private final Status status;
  private final String token;
  private final Html html = new Html();

  private StatusPage(Status status, String token) {
    this.status = status;
    this.token = token;
  }

  /**
   * The page.
   *
   * @param token what its forms show
   * @param notice what became of the form that led here
   */
  static String of(Status status, String token, Optional<String> notice) {
    return new StatusPage(status, token).page(notice);
  }

  private String page(Optional<String> notice) {
    html.open("!doctype html").open("html", "lang", "en").open("head");
    html.open("meta", "charset", "utf-8");
    html.open("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
    html.open("meta", "name", "color-scheme", "content", "light dark");
    html.open("link", "rel", "stylesheet", "href", "/style.css");
    html.open("link", "rel", "icon", "href", "/icon.svg", "type", "image/svg+xml");
    html.open("noscript").open("meta", "http-equiv", "refresh", "content", "30").close("noscript");
    html.open("script", "src", "/page.js", "defer", "").close("script");
    html.element("title", title()).close("head").open("body");
    html.element("a", "Skip to the targets", "href", "#targets", "class", "skip");
    header();
    notice.ifPresent(text -> html.element("p", text, "role", "status", "class", "notice"));
    html.open("main");
    targets();
    letters();
    queue();
    outcomes();
    html.close("main");
    html.open("footer").element("p", status.version() + ", " + status.config()).close("footer");
    return html.close("body").close("html").toString();
  }

  private String title() {
    long dead = status.deadLetters().count();
    if (!status.ready()) {
      return "not ready: flake-relay";
    }
    return dead > 0 ? counted(dead, "dead letter") + ": flake-relay" : "flake-relay";
  }

  private void header() {
    html.open("header", "id", "state", "data-live", "").element("h1", "flake-relay");
    html.open("p", "class", "state");
    html.element(
        "strong",
        status.ready() ? "ready" : "not ready",
        "class",
        status.ready() ? "badge good" : "badge bad");
    html.text(
        counted(status.queue().depth(), "job")
            + " in the queue, "
            + counted(status.deadLetters().count(), "dead letter")
            + ", as of ");
    html.element(
        "time",
        status.at().truncatedTo(ChronoUnit.SECONDS).toString(),
        "datetime",
        status.at().truncatedTo(ChronoUnit.SECONDS).toString());
    html.close("p");
    for (String trouble : status.troubles()) {
      html.element("p", trouble, "class", "trouble", "role", "alert");
    }
    html.element(
        "p", "Not up to date: flake-relay does not answer.", "id", "offline", "hidden", "");
    html.close("header");
  }

  private void targets() {
    section("targets", "Targets");
    table("Route", "Target", "Input", "Locked", "Source");
    for (Status.RouteStatus route : status.routes()) {
      for (Status.InputStatus input : route.inputs()) {
        html.open("tr");
        cell("Route").text(route.name()).close("td");
        cell("Target");
        linked(input.target(), input.page());
        html.close("td");
        cell("Input").text(input.input()).close("td");
        cell("Locked");
        revision(input.locked());
        html.close("td");
        cell("Source");
        source(input);
        html.close("td").close("tr");
      }
    }
    end(true, "");
  }

  private void source(Status.InputStatus input) {
    switch (input.state()) {
      case "current" -> html.element("span", "current", "class", "badge good");
      case "behind" -> {
        html.element("span", "behind", "class", "badge warn");
        html.text(" the source is at ");
        revision(input.head());
        input
            .behindSince()
            .ifPresent(
                since -> {
                  html.text(", for ");
                  time(since, "");
                });
      }
      default -> html.element("span", "not compared yet", "class", "badge");
    }
    input
        .seen()
        .ifPresent(
            seen -> {
              html.open("small").text(" heard of ");
              time(seen, " ago");
              html.close("small");
            });
    input.problem().ifPresent(problem -> html.element("p", problem, "class", "reason"));
  }

  private void letters() {
    section("dead-letters", "Dead letters");
    List<Status.Letter> letters = status.deadLetters().letters();
    if (!letters.isEmpty()) {
      table("Job", "Failed", "Why", "Retry");
      for (Status.Letter letter : letters) {
        html.open("tr");
        cell("Job");
        letter
            .wanted()
            .ifPresentOrElse(this::wanted, () -> html.text("message " + letter.message()));
        html.close("td");
        cell("Failed");
        time(letter.since(), " ago");
        html.text(letter.attempt() > 0 ? ", attempt " + letter.attempt() : "").close("td");
        cell("Why").text(letter.reason().orElse("see the log")).close("td");
        cell("Retry");
        letter.wanted().ifPresent(this::retryButton);
        html.close("td").close("tr");
      }
    }
    if (letters.isEmpty() && status.deadLetters().count() > 0) {
      html.element(
          "p",
          counted(status.deadLetters().count(), "dead letter")
              + " in SQS, which does not tell which.");
    }
    end(!letters.isEmpty(), status.deadLetters().count() > 0 ? "" : "None.");
  }

  private void retryButton(Status.Wanted wanted) {
    html.open("form", "method", "post", "action", "/retry");
    html.open("input", "type", "hidden", "name", "token", "value", token);
    html.open("input", "type", "hidden", "name", "job", "value", wanted.job());
    html.element(
        "button",
        "Retry",
        "type",
        "submit",
        "id",
        "retry-" + wanted.job(),
        "aria-label",
        "Retry " + wanted.input() + " of " + wanted.target());
    html.close("form");
  }

  private void queue() {
    section("queue", "Queue");
    List<Status.Queued> jobs = status.queue().jobs();
    if (!jobs.isEmpty()) {
      table("Job", "State", "Queued");
      for (Status.Queued job : jobs) {
        html.open("tr");
        cell("Job");
        wanted(job.wanted());
        html.close("td");
        cell("State").text(state(job)).close("td");
        cell("Queued");
        time(job.queued(), " ago");
        html.close("td").close("tr");
      }
    }
    long more = status.queue().depth() - jobs.size();
    end(!jobs.isEmpty(), more > 0 ? counted(more, "more job") : jobs.isEmpty() ? "Empty." : "");
  }

  private String state(Status.Queued job) {
    String tries = job.tries() > 0 ? ", tried " + counted(job.tries(), "time") : "";
    return switch (job.stage()) {
      case "in_hand" -> "in work" + tries;
      case "retry" -> "again in " + until(job.until().orElse(status.at())) + tries;
      default -> "waiting" + tries;
    };
  }

  private void outcomes() {
    section("outcomes", "Last outcomes");
    if (!status.outcomes().isEmpty()) {
      table("Outcome", "Job", "When", "Result");
      for (Status.Ended ended : status.outcomes()) {
        html.open("tr");
        cell("Outcome").element("span", ended.outcome(), "class", "badge " + tone(ended.outcome()));
        html.close("td");
        cell("Job");
        wanted(ended.wanted());
        html.close("td");
        cell("When");
        time(ended.at(), " ago");
        html.close("td");
        cell("Result");
        result(ended);
        html.close("td").close("tr");
      }
    }
    end(!status.outcomes().isEmpty(), status.outcomes().isEmpty() ? "None yet." : "");
  }

  private void result(Status.Ended ended) {
    ended.commit().ifPresent(commit -> linked(brief(commit), ended.page()));
    if (ended.commit().isEmpty()) {
      ended.page().ifPresent(page -> linked("pull request", Optional.of(page)));
    }
    ended.reason().ifPresent(reason -> html.element("p", reason, "class", "reason"));
    if (ended.took() > 0) {
      String steps =
          ended.steps().entrySet().stream()
              .map(step -> step.getKey() + " " + seconds(step.getValue()))
              .collect(Collectors.joining(", "));
      html.element("small", seconds(ended.took()) + (steps.isEmpty() ? "" : ": " + steps));
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

  private void wanted(Status.Wanted wanted) {
    html.element("b", wanted.input()).text(" to ");
    wanted.version().ifPresent(version -> html.text(version + " "));
    revision(Optional.of(wanted.requested()));
    html.open("small").text(" " + wanted.target()).close("small");
  }

  private void revision(Optional<String> revision) {
    if (revision.isEmpty()) {
      html.text("unknown");
      return;
    }
    html.element("code", brief(revision.get()), "title", revision.get());
  }

  private static String brief(String revision) {
    return revision.matches("[0-9a-f]{40,64}") ? revision.substring(0, 7) : revision;
  }

  private void linked(String text, Optional<String> page) {
    if (page.isPresent()) {
      html.element("a", text, "href", page.get(), "rel", "noreferrer");
    } else {
      html.text(text);
    }
  }

  private void time(Instant at, String after) {
    html.element(
        "time",
        span(Duration.between(at, status.at())) + after,
        "datetime",
        at.truncatedTo(ChronoUnit.SECONDS).toString(),
        "title",
        at.truncatedTo(ChronoUnit.SECONDS).toString());
  }

  private String until(Instant at) {
    return span(Duration.between(status.at(), at));
  }

  private static String span(Duration time) {
    long seconds = Math.max(0, time.toSeconds());
    if (seconds < 120) {
      return seconds + " s";
    }
    if (seconds < 2 * 3600) {
      return seconds / 60 + " min";
    }
    return seconds < 2 * 86_400 ? seconds / 3600 + " h" : seconds / 86_400 + " days";
  }

  private static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
  }

  private static String counted(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }

  private void section(String id, String heading) {
    html.open("section", "id", id, "data-live", "", "aria-labelledby", id + "-heading");
    html.element("h2", heading, "id", id + "-heading");
  }

  private void table(String... columns) {
    html.open("table").open("thead").open("tr");
    for (String column : columns) {
      html.element("th", column, "scope", "col");
    }
    html.close("tr").close("thead").open("tbody");
  }

  private Html cell(String column) {
    return html.open("td", "data-column", column);
  }

  private void end(boolean table, String after) {
    if (table) {
      html.close("tbody").close("table");
    }
    if (!after.isEmpty()) {
      html.element("p", after);
    }
    html.close("section");
  }
}
