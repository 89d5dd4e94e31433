package dev.flakerelay.webhook;

import dev.flakerelay.Revision;
import dev.flakerelay.config.name.RepositoryName;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.filter.FilteringParserDelegate;
import tools.jackson.core.filter.JsonPointerBasedFilter;
import tools.jackson.core.filter.TokenFilter;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.json.JsonMapper;

/**
 * A delivery's JSON object. Fields are named by their path, keys joined by dots; a field that is
 * {@code null} counts as absent.
 */
final class Payload {
  /** Deeper, longer or wider than any payload of GitHub's, and still cheap to read. */
  private static final StreamReadConstraints LIMITS =
      StreamReadConstraints.builder()
          .maxNestingDepth(64)
          .maxNumberLength(64)
          .maxNameLength(1024)
          .maxStringLength(Request.LONGEST_BODY)
          .maxTokenCount(2_000_000)
          .build();

  // A repeated key is refused: two readers of one signed text must not see two revisions in it.
  private static final JsonMapper JSON =
      JsonMapper.builder(JsonFactory.builder().streamReadConstraints(LIMITS).build())
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** An object without fields. */
  static final Payload NONE = new Payload("{}", JSON.createObjectNode());

  private final String json;
  private final JsonNode root;

  private Payload(String json, JsonNode root) {
    this.json = json;
    this.root = root;
  }

  /**
   * Reads UTF-8 JSON (RFC 8259).
   *
   * @throws MalformedDeliveryException if it is something else, not an object, has a key twice, or
   *     is beyond the limits
   */
  static Payload parse(byte[] json) throws MalformedDeliveryException {
    try {
      String text = decode(json);
      JsonNode root = JSON.readTree(text);
      if (!root.isObject()) {
        throw new MalformedDeliveryException("the payload is not a JSON object");
      }
      return new Payload(text, root);
    } catch (StreamConstraintsException e) {
      throw new MalformedDeliveryException(
          "the payload is nested too deep, or a name or number in it is too long", e);
    } catch (MismatchedInputException e) {
      throw new MalformedDeliveryException(
          "the payload has a key twice, or goes on after its end" + where(e.getLocation()), e);
    } catch (JacksonException e) {
      throw new MalformedDeliveryException("the payload is not JSON" + where(e.getLocation()), e);
    }
  }

  private static String decode(byte[] bytes) throws MalformedDeliveryException {
    ByteBuffer input = ByteBuffer.wrap(bytes);
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(input).toString();
    } catch (CharacterCodingException e) {
      throw new MalformedDeliveryException(
          "the payload is not UTF-8: byte " + (input.position() + 1), e);
    }
  }

  private static String where(@Nullable TokenStreamLocation location) {
    return location == null || location.getLineNr() < 1
        ? ""
        : ": line %d, column %d".formatted(location.getLineNr(), location.getColumnNr());
  }

  /** Whether the field is {@code true}; any other value, also none, is not. */
  boolean isTrue(String path) {
    return find(path).asBoolean(false);
  }

  /** Whether the field is there, {@code null} included. */
  boolean has(String path) {
    return !find(path).isMissingNode();
  }

  /**
   * A text that must be there.
   *
   * @throws MalformedDeliveryException if it is not, or is no text
   */
  String text(String path) throws MalformedDeliveryException {
    return optionalText(path)
        .orElseThrow(() -> new MalformedDeliveryException(path + " is missing"));
  }

  /**
   * A text that may be there.
   *
   * @throws MalformedDeliveryException if something else is there
   */
  Optional<String> optionalText(String path) throws MalformedDeliveryException {
    JsonNode field = find(path);
    if (field.isMissingNode() || field.isNull()) {
      return Optional.empty();
    }
    if (!field.isString()) {
      throw new MalformedDeliveryException(path + " is not a text");
    }
    return Optional.of(field.stringValue());
  }

  /**
   * A text that may be there, or a number as it is written: 1.10 is not 1.1.
   *
   * @throws MalformedDeliveryException if something else is there
   */
  Optional<String> optionalTextOrNumber(String path) throws MalformedDeliveryException {
    JsonNode field = find(path);
    if (field.isNumber()) {
      return Optional.of(asWritten(path));
    }
    if (field.isBoolean() || field.isContainer()) {
      throw new MalformedDeliveryException(path + " is neither text nor a number");
    }
    return optionalText(path);
  }

  private String asWritten(String path) {
    TokenFilter wanted = new JsonPointerBasedFilter("/" + path.replace('.', '/'));
    try (JsonParser parser =
        new FilteringParserDelegate(
            JSON.createParser(json), wanted, TokenFilter.Inclusion.ONLY_INCLUDE_ALL, false)) {
      parser.nextToken();
      return parser.getString();
    }
  }

  /** Whether a text is there that names no commit: all zeros. */
  boolean isNoCommit(String path) {
    return id(path).filter(Revision::isNone).isPresent();
  }

  /** A commit id that may be there; empty for whatever names no commit. */
  Optional<Revision> commit(String path) {
    return id(path).filter(id -> !id.isNone());
  }

  private Optional<Revision> id(String path) {
    JsonNode field = find(path);
    return field.isString() ? Revision.find(field.stringValue()) : Optional.empty();
  }

  /**
   * A commit id.
   *
   * @throws MalformedDeliveryException if it is missing or not 40 or 64 hex digits
   */
  Revision revision(String path) throws MalformedDeliveryException {
    try {
      return Revision.parse(text(path));
    } catch (IllegalArgumentException e) {
      throw new MalformedDeliveryException(
          path + " is not a full commit id of 40 (or 64) hex digits", e);
    }
  }

  /**
   * A repository's full name, if it is there.
   *
   * @throws MalformedDeliveryException if it is not {@code owner/name}
   */
  Optional<RepositoryName> repository(String path) throws MalformedDeliveryException {
    try {
      return optionalText(path).map(RepositoryName::parse);
    } catch (IllegalArgumentException e) {
      throw new MalformedDeliveryException(path + " is not owner/name", e);
    }
  }

  /** What stands at a path; a missing node if nothing does. */
  JsonNode find(String path) {
    JsonNode node = root;
    for (String key : path.split("\\.", -1)) {
      node = node.path(key);
    }
    return node;
  }
}
