package dev.flakerelay.local.admin;

import dev.flakerelay.local.status.Status;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

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
    SectionWriter out = new SectionWriter(html, status.at());
    new TargetsSection(status, out).write();
    new DeadLettersSection(status, token, out).write();
    new QueueSection(status, out).write();
    new OutcomesSection(status, out).write();
    html.close("main");
    html.open("footer").element("p", status.version() + ", " + status.config()).close("footer");
    return html.close("body").close("html").toString();
  }

  private String title() {
    long dead = status.deadLetters().count();
    if (!status.ready()) {
      return "not ready: flake-relay";
    }
    return dead > 0 ? SectionWriter.counted(dead, "dead letter") + ": flake-relay" : "flake-relay";
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
        " "
            + SectionWriter.counted(status.queue().depth(), "job")
            + " in the queue, "
            + SectionWriter.counted(status.deadLetters().count(), "dead letter")
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
}
