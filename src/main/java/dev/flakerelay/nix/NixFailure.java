package dev.flakerelay.nix;

import dev.flakerelay.JobException;
import dev.flakerelay.NotThereException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryAfter;
import dev.flakerelay.RetryableException;
import java.io.IOException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells from what nix was doing whether trying again can help. What fails while it evaluates,
 * parses or compares will fail the next time; what fails while it fetches may not. nix exits with 1
 * either way, but says for every failed fetch which input it was fetching.
 */
final class NixFailure {
  private static final Pattern HTTP = Pattern.compile("(?:HTTP error|returned error:) (\\d{3})");

  private static final Pattern RATE_LIMIT = Pattern.compile("rate limit", Pattern.CASE_INSENSITIVE);

  /** What nix and Git say while they fetch, and never otherwise. */
  private static final Pattern FETCHING =
      Pattern.compile("while fetching the input|unable to download|(?m:^fatal: )");

  private static final String NOT_THERE = "Cannot find Git revision";

  /** Answers to a fetch that will be the same the next time. */
  private static final Pattern ANSWERED =
      Pattern.compile(
          NOT_THERE
              + "|object not found|does not exist|does not appear to be a git|could not read"
              + " Username|Authentication failed|Repository not found|is not valid|is not"
              + " allowed|is forbidden in|unsupported|unrecogni[sz]ed|not an absolute"
              + " path|transport '\\w+' not allowed|unknown object format");

  /** The limits of one run, which hold the next time, too. */
  private static final Pattern LIMIT =
      Pattern.compile(
          "File size limit exceeded|File too large|out of memory|bad_alloc|stack overflow");

  /** What the system says of the machine ("errno" in the Linux manual), and SQLite of its files. */
  private static final Pattern MACHINE =
      Pattern.compile(
          "No space left on device|Disk quota exceeded|Cannot allocate memory|Too many open"
              + " files|Resource temporarily unavailable|Input/output error|Read-only file"
              + " system|Interrupted system call|Text file busy|database is locked|is busy|disk I/O"
              + " error|database or disk is full|unable to fork|interrupted by the user");

  private static final Pattern FEATURE =
      Pattern.compile("experimental Nix feature '[^']{1,100}' is disabled");

  /** A line of the program that nix shows with an error, be it a stranger's or ours. */
  private static final Pattern EXCERPT = Pattern.compile("(?m)^ *\\d*\\|.*$");

  private static final Pattern FATAL = Pattern.compile("(?m)^fatal: (.{1,2000})$");

  private static final int MOST_CHARACTERS = 600;

  private NixFailure() {}

  /**
   * The failure of a job.
   *
   * @param attempt what nix was asked to do
   * @param printed what it printed
   * @param noise a path that says nothing to a person, left out of the message
   * @param version of nix, which is told where another one might not have failed; blank: unknown
   */
  static JobException of(String attempt, String printed, String noise, Version version)
      throws IOException, JobException {
    String output = EXCERPT.matcher(printed).replaceAll("");
    String said = lastError(output, noise);
    String words = attempt + ": " + said + gitsError(output.replace(noise, ""), said);
    Matcher http = HTTP.matcher(output);
    int status = 0;
    while (http.find()) {
      status = Integer.parseInt(http.group(1));
    }
    if (status == 429 || (status == 403 && RATE_LIMIT.matcher(output).find())) {
      return new RetryableException(words, RetryAfter.UNNAMED); // nix tells no header
    }
    String missing =
        words
            + " (HTTP "
            + status
            + ": the revision or repository is missing, or the token may not see it)";
    // 403 is how GitHub tells of a rate limit, too
    if (status == 401 || status == 410) {
      return new PermanentException(missing);
    }
    if (status == 404) {
      return new NotThereException(missing);
    }
    if (status != 0 || !isLasting(output)) {
      return new RetryableException(words);
    }
    if (output.contains(NOT_THERE)) {
      return new NotThereException(words);
    }
    return new PermanentException(
        FETCHING.matcher(output).find() ? words : words + advice(output, version.text()));
  }

  private static String advice(String output, String version) {
    String of = version.isBlank() ? "" : " (this is nix " + version + ")";
    return FEATURE.matcher(output).find()
        ? of + ": name the feature in relay.yaml, nix.experimental-features"
        : of;
  }

  private static boolean isLasting(String output) {
    if (LIMIT.matcher(output).find()) {
      return true;
    }
    if (MACHINE.matcher(output).find()) {
      return false;
    }
    if (!FETCHING.matcher(output).find()) {
      return output.contains("error:"); // otherwise it crashed
    }
    // What Git could not fetch is not there for nix, whatever the reason.
    String judged = FATAL.matcher(output).find() ? output.replace(NOT_THERE, "") : output;
    return ANSWERED.matcher(judged).find();
  }

  private static String lastError(String output, String noise) {
    String text = output.replaceAll("\\e\\[[0-9;]*+m", "");
    int error = text.lastIndexOf("error: ");
    text = error < 0 ? text : text.substring(error + "error: ".length());
    // A server's answer is part of the output: what follows takes long on a long word.
    text =
        cut(text.replace(noise, ""), 4 * MOST_CHARACTERS)
            .replaceAll("\\S*/store/[a-z0-9]{32}-source/", "")
            .replaceAll("/read\\d+/flake/", "")
            .replaceAll("\\p{Cntrl}", " ")
            .replaceAll(" {2,}", " ")
            .strip();
    return text.length() > MOST_CHARACTERS ? cut(text, MOST_CHARACTERS) + "…" : text;
  }

  /** When Git fails, nix goes on with what it has, and fails later, of something else. */
  private static String gitsError(String output, String said) {
    Matcher fatal = FATAL.matcher(output);
    return fatal.find() && !said.contains(fatal.group(1))
        ? " (Git said: " + cut(fatal.group(1), MOST_CHARACTERS) + ")"
        : "";
  }

  private static String cut(String text, int most) {
    return text.length() > most ? text.substring(0, most) : text;
  }

  /** Asks nix for its version. */
  @FunctionalInterface
  interface Version {
    /** As nix says it; blank if it does not. */
    String text() throws IOException, JobException;
  }
}
