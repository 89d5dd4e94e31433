package dev.flakerelay.local.admin;

import dev.flakerelay.local.status.Status;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import java.util.Optional;

/**
 * Writes what the sections of the page have in common.
 *
 * @param html written to
 * @param now what ages are told from
 */
record SectionWriter(Html html, Instant now) {
  /** Opens a section that the script brings up to date. */
  void section(String id, String heading) {
    html.open("section", "id", id, "data-live", "", "aria-labelledby", id + "-heading");
    html.element("h2", heading, "id", id + "-heading");
  }

  /** Opens its table. */
  void table(String... columns) {
    html.open("table").open("thead").open("tr");
    for (String column : columns) {
      html.element("th", column, "scope", "col");
    }
    html.close("tr").close("thead").open("tbody");
  }

  /** Opens a cell of a column. */
  Html cell(String column) {
    return html.open("td", "data-column", column);
  }

  /**
   * Closes the section.
   *
   * @param table whether its table is open
   * @param after a sentence below it, or nothing
   */
  void end(boolean table, String after) {
    if (table) {
      html.close("tbody").close("table");
    }
    if (!after.isEmpty()) {
      html.element("p", after);
    }
    html.close("section");
  }

  /** What a job asks for. */
  void wanted(Status.Wanted wanted) {
    html.element("b", wanted.input()).text(" to ");
    wanted.version().ifPresent(version -> html.text(version + " "));
    revision(Optional.of(wanted.requested()));
    html.open("small").text(" " + wanted.target()).close("small");
  }

  /** A revision, shortened; a tag as it is. */
  void revision(Optional<String> revision) {
    String text = revision.orElse("unknown");
    String brief = brief(text);
    if (brief.equals(text)) {
      html.text(text);
    } else {
      html.element("code", brief, "title", text);
    }
  }

  /** The first seven digits of a revision. */
  static String brief(String text) {
    return text.matches("[0-9a-f]{40,64}") ? text.substring(0, 7) : text;
  }

  /** A text that leads to a page, if there is one. */
  void linked(String text, Optional<String> page) {
    if (page.isPresent()) {
      html.element("a", text, "href", page.get(), "rel", "noreferrer");
    } else {
      html.text(text);
    }
  }

  /** How long ago something was. */
  void time(Instant at, String after) {
    html.element(
        "time",
        span(Duration.between(at, now)) + after,
        "datetime",
        at.truncatedTo(ChronoUnit.SECONDS).toString(),
        "title",
        at.truncatedTo(ChronoUnit.SECONDS).toString());
  }

  /** How long it is until then. */
  String until(Instant at) {
    return span(Duration.between(now, at));
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

  /** Milliseconds as seconds. */
  static String seconds(long millis) {
    return String.format(Locale.ROOT, "%.1f s", millis / 1000.0);
  }

  /** A number of something. */
  static String counted(long number, String what) {
    return number + " " + what + (number == 1 ? "" : "s");
  }
}
