package dev.flakerelay.net;

import dev.flakerelay.RetryAfter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * An HTTP answer with a status of 400 or more, from a forge or from a proxy on the way to it.
 *
 * @param status 400 to 599
 * @param words what the body says to people, without its markup; empty if nothing. A secret that
 *     the server repeats is still in it
 * @param retryAfter how long the server asks to be left alone; empty unless it does
 */
public record ErrorAnswer(int status, String words, Optional<Duration> retryAfter) {
  /** How much of a body is worth reading, in bytes. */
  public static final int MOST_BYTES = 16 << 10;

  /** A year's worth of seconds: what is larger is a point in time. */
  private static final long LONGEST_WAIT = 366L * 24 * 3600;

  private static final Pattern SECONDS = Pattern.compile("\\d{1,11}");

  /** GitHub, GitLab, Bitbucket and Azure DevOps, in this order. */
  private static final Pattern LIMITED =
      Pattern.compile(
          "rate limit|abuse detection|retry later|too many requests|exceeding usage of resource",
          Pattern.CASE_INSENSITIVE);

  /** GitHub and Bitbucket write {@code X-}; GitLab and the newer drafts don't. */
  private static final List<String> PREFIXES = List.of("X-RateLimit-", "RateLimit-");

  /** "RateLimit header fields for HTTP", an IETF draft: {@code "default";r=0;t=30}. */
  private static final Pattern DRAFT =
      Pattern.compile("(?:^|[;,\\s])(?:r|remaining)=0\\b.*?[;,\\s](?:t|reset)=(\\d{1,9})");

  private static final Pattern INVISIBLE =
      Pattern.compile("(?is)<(script|style|head)\\b.*?</\\1\\s*>|<!--.*?-->");

  private static final Pattern TITLE = Pattern.compile("(?is)<title\\b[^>]{0,200}>(.{1,300}?)</");
  private static final Pattern TAG = Pattern.compile("<[^<>]{0,2000}>");

  /**
   * Reads an answer ("Rate limits for the REST API" in GitHub's documentation, "Response headers"
   * under GitLab's "Rate limits", RFC 9110 section 10.2.3).
   *
   * @param header a header's value by its name
   * @param body its beginning is enough
   */
  public static ErrorAnswer read(
      int status, Function<String, Optional<String>> header, byte[] body, Instant now) {
    String text =
        new String(body, 0, Math.min(body.length, MOST_BYTES), StandardCharsets.UTF_8).strip();
    String words = words(text);
    return new ErrorAnswer(status, words, retryAfter(status, header, words, now));
  }

  /** A bare status with the words, as in {@code HTTP 403: Resource not accessible}. */
  public String said() {
    return "HTTP " + status + (words.isEmpty() ? "" : ": " + words);
  }

  private static String words(String text) {
    if (text.startsWith("{") || text.startsWith("[")) {
      return json(text).orElse("");
    }
    if (!text.startsWith("<")) {
      return text;
    }
    String page = TAG.matcher(INVISIBLE.matcher(text).replaceAll(" ")).replaceAll(" ");
    Matcher title = TITLE.matcher(text);
    String all = (title.find() ? title.group(1) + ": " : "") + page;
    return all.replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&nbsp;", " ")
        .replace("&amp;", "&")
        .replaceAll("\\s+", " ")
        .strip();
  }

  /** GitHub and Gitea: {@code message}; GitLab: {@code error} as well; Bitbucket: below it. */
  private static Optional<String> json(String text) {
    try {
      JsonNode answer = JsonMapper.shared().readTree(text);
      for (String path : List.of("/message", "/error/message", "/error", "/errors/0/message")) {
        String found = answer.at(path).asString("");
        if (!found.isBlank()) {
          return Optional.of(found);
        }
      }
      return Optional.empty();
    } catch (JacksonException e) {
      return Optional.empty();
    }
  }

  private static Optional<Duration> retryAfter(
      int status, Function<String, Optional<String>> header, String words, Instant now) {
    if (status != 403 && status != 429 && status != 503) {
      return Optional.empty();
    }
    Optional<Duration> asked =
        header.apply("Retry-After").flatMap(value -> RetryAfter.read(value, now));
    if (asked.isPresent()) {
      return asked;
    }
    for (String prefix : PREFIXES) {
      boolean usedUp = number(header.apply(prefix + "Remaining")).equals(Optional.of(0L));
      if (usedUp) {
        return Optional.of(
            number(header.apply(prefix + "Reset"))
                .map(reset -> until(reset, now))
                .orElse(RetryAfter.UNNAMED));
      }
    }
    Matcher draft = DRAFT.matcher(header.apply("RateLimit").orElse(""));
    if (draft.find()) {
      return Optional.of(until(Long.parseLong(draft.group(1)), now));
    }
    boolean limited = status == 429 || LIMITED.matcher(words).find();
    return limited ? Optional.of(RetryAfter.UNNAMED) : Optional.empty();
  }

  /** GitHub and GitLab name the time in seconds since 1970, others how many seconds are left. */
  private static Duration until(long reset, Instant now) {
    Duration left =
        reset > LONGEST_WAIT
            ? Duration.between(now, Instant.ofEpochSecond(reset)).plusSeconds(1)
            : Duration.ofSeconds(reset);
    return left.compareTo(Duration.ofSeconds(1)) > 0 ? left : Duration.ofSeconds(1);
  }

  private static Optional<Long> number(Optional<String> header) {
    return header
        .map(String::strip)
        .filter(value -> SECONDS.matcher(value).matches())
        .map(Long::parseLong);
  }
}
