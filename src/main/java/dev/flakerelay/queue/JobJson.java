package dev.flakerelay.queue;

import dev.flakerelay.Revision;
import dev.flakerelay.Version;
import dev.flakerelay.config.TargetRef;
import dev.flakerelay.config.name.RepositoryName;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A job as the text of a queued message: one JSON object with {@code route}, {@code repository},
 * {@code branch}, {@code directory}, {@code input}, {@code revision} or {@code tag}, {@code
 * version} and {@code delivery} (left out when the job has none), {@code cause} ({@code delivery},
 * {@code reconcile}, {@code command}; a message without one is a delivery's), {@code attempt} (a
 * number), {@code firstSeen} (RFC 3339, UTC) and, of an {@link UnlistedPush}, {@code pushedTo}
 * (owner/name), {@code pushedBranch} and {@code before}.
 *
 * <p>Messages outlive the program that wrote them, so these names are stable. The text is plain
 * ASCII, which is within what Amazon SQS takes ("SendMessage", Amazon SQS API reference).
 */
public final class JobJson {
  private static final JsonMapper JSON =
      JsonMapper.builder()
          .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final ObjectNode object;
  private final Set<String> unread;

  private JobJson(ObjectNode object) {
    this.object = object;
    this.unread = new HashSet<>(object.propertyNames());
  }

  /** Writes a job; {@link #read} gives an equal one back. */
  public static String write(Job job) {
    ObjectNode object = JSON.createObjectNode();
    object.put("route", job.route());
    object.put("repository", job.repository());
    object.put("branch", job.branch());
    object.put("directory", job.directory());
    object.put("input", job.input());
    if (job.isResolved()) {
      object.put("revision", job.revision().hex());
    }
    job.tag().ifPresent(tag -> object.put("tag", tag));
    job.version().ifPresent(version -> object.put("version", version.text()));
    job.delivery().ifPresent(delivery -> object.put("delivery", delivery));
    object.put("cause", job.cause().key());
    object.put("attempt", job.attempt());
    object.put("firstSeen", job.firstSeen().toString());
    job.push()
        .ifPresent(
            push -> {
              object.put("pushedTo", push.repository().toString());
              object.put("pushedBranch", push.branch());
              push.before().ifPresent(before -> object.put("before", before.hex()));
            });
    return JSON.writeValueAsString(object);
  }

  /**
   * Reads what {@link #write} wrote, and nothing else.
   *
   * @throws MalformedJobException if the text is no JSON object, or a field is unknown, missing, of
   *     the wrong type or out of range; it says which
   */
  public static Job read(String text) throws MalformedJobException {
    JsonNode node;
    try {
      node = JSON.readTree(text);
    } catch (JacksonException e) {
      throw new MalformedJobException("the message is not JSON: " + e.getOriginalMessage(), e);
    }
    if (!(node instanceof ObjectNode object)) {
      throw new MalformedJobException("the message is not a JSON object");
    }
    return new JobJson(object).job();
  }

  private Job job() throws MalformedJobException {
    Job job =
        new Job(
            text("route"),
            new TargetRef(text("repository"), text("branch"), text("directory")),
            text("input"),
            new Job.Wanted(revision(), optionalText("tag"), version()),
            new Job.Request(cause(), optionalText("delivery"), firstSeen(), push()),
            attempt());
    if (!unread.isEmpty()) {
      throw new MalformedJobException("the message has fields that no job has: " + unread);
    }
    return job;
  }

  private Revision revision() throws MalformedJobException {
    try {
      return object.has("tag") && !object.has("revision")
          ? Revision.NONE
          : new Revision(text("revision"));
    } catch (IllegalArgumentException e) {
      throw new MalformedJobException(
          "the message's revision is not 40 or 64 lower-case hex digits", e);
    }
  }

  private Optional<UnlistedPush> push() throws MalformedJobException {
    if (!object.has("pushedTo")) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new UnlistedPush(
              RepositoryName.parse(text("pushedTo")),
              text("pushedBranch"),
              optionalText("before").map(Revision::new)));
    } catch (IllegalArgumentException e) {
      throw new MalformedJobException(
          "the message's pushedTo is not owner/name, or before is not 40 or 64 lower-case hex"
              + " digits",
          e);
    }
  }

  private Optional<Version> version() throws MalformedJobException {
    try {
      return optionalText("version").map(Version::new);
    } catch (IllegalArgumentException e) {
      throw new MalformedJobException("the message's version is not " + Version.FORM, e);
    }
  }

  private Job.Cause cause() throws MalformedJobException {
    String key = optionalText("cause").orElse(Job.Cause.DELIVERY.key());
    return Arrays.stream(Job.Cause.values())
        .filter(cause -> cause.key().equals(key))
        .findFirst()
        .orElseThrow(() -> new MalformedJobException("the message's cause is not a known one"));
  }

  private int attempt() throws MalformedJobException {
    JsonNode value = take("attempt");
    if (value == null || !value.isInt() || value.intValue() < 1) {
      throw new MalformedJobException("the message's attempt is not a whole number from 1 on");
    }
    return value.intValue();
  }

  private Instant firstSeen() throws MalformedJobException {
    try {
      return Instant.parse(text("firstSeen"));
    } catch (DateTimeException e) {
      throw new MalformedJobException(
          "the message's firstSeen is not a time like 2026-01-31T12:00:00Z", e);
    }
  }

  private String text(String name) throws MalformedJobException {
    return optionalText(name)
        .orElseThrow(() -> new MalformedJobException("the message has no " + name));
  }

  private Optional<String> optionalText(String name) throws MalformedJobException {
    JsonNode value = take(name);
    if (value == null) {
      return Optional.empty();
    }
    if (!value.isString()) {
      throw new MalformedJobException("the message's " + name + " is not a string");
    }
    return Optional.of(value.stringValue());
  }

  private @Nullable JsonNode take(String name) {
    unread.remove(name);
    return object.get(name);
  }
}
