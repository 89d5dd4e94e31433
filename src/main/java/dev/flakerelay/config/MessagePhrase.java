package dev.flakerelay.config;

import dev.flakerelay.config.MessagePart.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A line, or the inside of brackets, with its values. It is made in three phases: each piece is
 * filled in, where a value is missing with a gap; what leads only to a gap is taken away ({@link
 * MessageGaps}); and what is left is joined.
 */
final class MessagePhrase {
  private final List<MessagePart> parts = new ArrayList<>();
  private final String indentation;
  private final boolean gaps;
  private final boolean label;

  private MessagePhrase(List<MessagePiece> pieces, Map<Placeholder, String> values) {
    indentation = pieces.isEmpty() ? "" : pieces.getFirst().before();
    pieces.forEach(piece -> parts.add(fill(piece, values)));
    gaps = parts.stream().anyMatch(part -> part.is(Kind.GAP));
    label = MessageGaps.close(parts);
  }

  /** Fills the pieces in. */
  static MessagePhrase of(List<MessagePiece> pieces, Map<Placeholder, String> values) {
    return new MessagePhrase(pieces, values);
  }

  private static MessagePart fill(MessagePiece piece, Map<Placeholder, String> values) {
    return switch (piece) {
      case MessagePiece.Mark(String before, String text) ->
          new MessagePart(Kind.MARK, before, text);
      case MessagePiece.Word(String before, String text) ->
          MessageWord.fill(text, values)
              .map(filled -> MessagePart.word(before, text, filled))
              .orElse(MessagePart.gap(before));
      case MessagePiece.Group group -> fill(group, values);
    };
  }

  private static MessagePart fill(MessagePiece.Group group, Map<Placeholder, String> values) {
    MessagePhrase inside = of(group.inside(), values);
    boolean quotes = group.open().equals(group.close());
    String close = (inside.gaps ? "" : group.beforeClose()) + group.close();
    return inside
        .text()
        .map(text -> group.open() + text + close)
        .map(text -> new MessagePart(quotes ? Kind.TEXT : Kind.GROUP, group.before(), text))
        .orElse(MessagePart.gap(group.before()));
  }

  /** What is left; nothing if values are missing and no more than marks and links remain. */
  Optional<String> text() {
    if (gaps && parts.stream().noneMatch(MessagePart::isContent)) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      if (!parts.get(i).is(Kind.GAP)) {
        text.append(text.isEmpty() ? indentation : spaceBefore(i)).append(parts.get(i).text());
      }
    }
    return Optional.of(text.toString());
  }

  /** As written; but what stood around a gap is one space apart, if it was apart at all. */
  private String spaceBefore(int index) {
    MessagePart part = parts.get(index);
    MessagePart previous = parts.get(index - 1);
    if (!previous.is(Kind.GAP)) {
      return part.before();
    }
    boolean apart = !part.isGlued() || (!part.is(Kind.MARK) && !previous.isGlued());
    return apart ? " " : "";
  }

  /** Whether it ended in a colon that nothing follows any more. */
  boolean isLabel() {
    return label;
  }
}
