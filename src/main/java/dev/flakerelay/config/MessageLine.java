package dev.flakerelay.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** One line of a {@link MessageTemplate}. */
final class MessageLine {
  /** What git-interpret-trailers takes for a trailer's key. */
  private static final Pattern TRAILER = Pattern.compile("[A-Za-z0-9-]+[ \t]*:.*");

  private final List<MessagePiece> pieces;
  private final List<Placeholder> placeholders;

  /** What a delivery may write in front of the line's first colon. */
  private final List<Placeholder> outside;

  private MessageLine(
      List<MessagePiece> pieces, List<Placeholder> placeholders, List<Placeholder> outside) {
    this.pieces = pieces;
    this.placeholders = placeholders;
    this.outside = outside;
  }

  /**
   * Reads a line.
   *
   * @throws IllegalArgumentException if a placeholder is unknown or not closed
   */
  static MessageLine parse(String line) {
    List<MessagePiece> pieces = MessageTokens.read(line);
    int colon = line.indexOf(':');
    String key = colon < 0 ? line : line.substring(0, colon);
    List<Placeholder> outside =
        MessageWord.placeholders(key).stream().filter(Placeholder::isFromOutside).toList();
    return new MessageLine(pieces, MessageWord.placeholders(line), outside);
  }

  /** The line as the message's first one, or nothing if no text is left of it. */
  Optional<String> subject(Map<Placeholder, String> values) {
    return MessagePhrase.of(pieces, values).text().map(String::strip);
  }

  /**
   * The line as one of the others, or nothing if no text is left of it; a label whose text is gone
   * ("Version: {version}") is nothing, too.
   */
  Optional<String> body(Map<Placeholder, String> values) {
    if (pieces.isEmpty()) {
      return Optional.of("");
    }
    MessagePhrase phrase = MessagePhrase.of(pieces, values);
    return phrase.isLabel() && placeholders.stream().noneMatch(values::containsKey)
        ? Optional.empty()
        : phrase
            .text()
            .map(String::stripTrailing)
            .map(rendered -> withoutForgery(rendered, values));
  }

  /** A line whose value makes it look like a trailer becomes an item of a list. */
  private String withoutForgery(String line, Map<Placeholder, String> values) {
    boolean stranger = outside.stream().anyMatch(values::containsKey);
    return stranger && TRAILER.matcher(line).matches() ? "- " + line : line;
  }
}
