package dev.flakerelay.nix;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryAfter;
import dev.flakerelay.RetryableException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Tells from what nix printed whether trying again can help. nix exits with 1 whatever went wrong,
 * so its words are all there is; words that are not known here are taken for something that passes.
 */
final class NixFailure {
  private static final Pattern HTTP = Pattern.compile("(?:HTTP error|returned error:) (\\d{3})");

  private static final Pattern RATE_LIMIT = Pattern.compile("rate limit", Pattern.CASE_INSENSITIVE);

  private static final Pattern PASSING =
      Pattern.compile(
          "Could not resolve|Failed to connect|Could not connect|Connection"
              + " (?:reset|refused|timed)|timed out|Timeout was reached|unable to download|unable"
              + " to access|early EOF|Failed to open archive|(?<!stack trace )[Tt]runcated|No space"
              + " left on device|database is locked|hung up unexpectedly");

  private static final String NOT_THERE = "Cannot find Git revision";

  private static final Pattern LASTING =
      Pattern.compile(
          "json\\.exception|syntax error|undefined variable|unsupported"
              + " attribute|flake\\.nix:\\d+:\\d+|/flake\\.nix|"
              + NOT_THERE
              + "|object not"
              + " found|does not exist|does not appear to be a git|could not read"
              + " Username|Authentication failed|Repository not found|is not valid|circular"
              + " import|infinite recursion|stack overflow|is not allowed|cannot find"
              + " flake|expected .{1,200} but got|is missing|unrecogni[sz]ed|File size limit"
              + " exceeded|File too large|is forbidden in|unlocked input|unsupported parameter|is"
              + " too large|not an absolute path|out of memory|bad_alloc|transport '\\w+' not"
              + " allowed");

  /** A line of the program that nix shows with an error, be it a stranger's or ours. */
  private static final Pattern EXCERPT = Pattern.compile("(?m)^ *\\d*\\|.*$");

  /** Where in our own expression, which reads a stranger's flake, its evaluation failed. */
  private static final String EVALUATION = "at «string»:";

  private static final Pattern FATAL = Pattern.compile("(?m)^fatal: (.{1,2000})$");

  private static final int MOST_CHARACTERS = 600;

  private NixFailure() {}

  /**
   * The failure of a job.
   *
   * @param attempt what nix was asked to do
   * @param printed what it printed
   * @param noise a path that says nothing to a person, left out of the message
   */
  static JobException of(String attempt, String printed, String noise) {
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
    // 403 is how GitHub tells of a rate limit, too
    if (status == 401 || status == 404 || status == 410) {
      return new PermanentException(
          words
              + " (HTTP "
              + status
              + ": the revision or repository is missing, or the token may not see it)");
    }
    if (status != 0 || PASSING.matcher(output).find()) {
      return new RetryableException(words);
    }
    boolean fetched = !FATAL.matcher(output).find();
    // What Git could not fetch is not there for nix, whatever the reason.
    String judged = fetched ? output : output.replace(NOT_THERE, "");
    return LASTING.matcher(judged).find() || (fetched && output.contains(EVALUATION))
        ? new PermanentException(words)
        : new RetryableException(words);
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
}
