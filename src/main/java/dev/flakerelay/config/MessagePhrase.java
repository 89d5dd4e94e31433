package dev.flakerelay.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A line, or the inside of brackets, with its values filled in: where a value is missing there is a
 * gap, and what leads only to the gap is taken away.
 */
final class MessagePhrase {
  private static final Set<String> CONJUNCTIONS = Set.of("and", "or");

  /** Words that say nothing without the value next to them. */
  private static final Set<String> LINKS =
      Set.of(
          "to",
          "from",
          "at",
          "in",
          "on",
          "of",
          "by",
          "via",
          "with",
          "for",
          "as",
          "is",
          "was",
          "now",
          "since",
          "until",
          "after",
          "before",
          "version",
          "revision",
          "rev",
          "and",
          "or");

  private enum Kind {
    TEXT,
    GROUP,
    LINK,
    MARK,
    GAP,
    EDGE
  }

  private record Bit(Kind kind, String before, String text) {
    private static final Bit EDGE = new Bit(Kind.EDGE, "", "");

    boolean isContent() {
      return kind == Kind.TEXT || kind == Kind.GROUP;
    }

    boolean isGlued() {
      return before.isEmpty() && kind != Kind.EDGE;
    }

    boolean isStop() {
      return text.equals(".") || text.equals("!") || text.equals("?");
    }
  }

  private final List<Bit> bits = new ArrayList<>();
  private final String indentation;
  private boolean gaps;
  private boolean label;

  private MessagePhrase(List<MessagePiece> pieces, Map<Placeholder, String> values) {
    pieces.forEach(piece -> bits.add(bit(piece, values)));
    indentation = pieces.isEmpty() ? "" : pieces.getFirst().before();
  }

  /** Fills the pieces in. */
  static MessagePhrase of(List<MessagePiece> pieces, Map<Placeholder, String> values) {
    MessagePhrase phrase = new MessagePhrase(pieces, values);
    phrase.gaps = phrase.bits.stream().anyMatch(bit -> bit.kind() == Kind.GAP);
    phrase.closeGaps();
    return phrase;
  }

  private static Bit bit(MessagePiece piece, Map<Placeholder, String> values) {
    return switch (piece) {
      case MessagePiece.Mark(String before, String text) -> new Bit(Kind.MARK, before, text);
      case MessagePiece.Word(String before, String text) -> {
        Kind kind = LINKS.contains(text.toLowerCase(Locale.ROOT)) ? Kind.LINK : Kind.TEXT;
        yield MessageWord.fill(text, values)
            .map(filled -> new Bit(kind, before, filled))
            .orElse(new Bit(Kind.GAP, before, ""));
      }
      case MessagePiece.Group group -> {
        MessagePhrase inside = of(group.inside(), values);
        String space = inside.gaps ? "" : group.beforeClose();
        Kind kind = group.open().equals(group.close()) ? Kind.TEXT : Kind.GROUP;
        yield inside
            .text()
            .map(text -> new Bit(kind, group.before(), group.open() + text + space + group.close()))
            .orElse(new Bit(Kind.GAP, group.before(), ""));
      }
    };
  }

  /** What is left; nothing if values are missing and no more than marks and links remain. */
  Optional<String> text() {
    if (gaps && bits.stream().noneMatch(Bit::isContent)) {
      return Optional.empty();
    }
    StringBuilder text = new StringBuilder();
    String missing = "";
    boolean afterGap = false;
    for (Bit bit : bits) {
      if (bit.kind() == Kind.GAP) {
        missing = bit.before();
        afterGap = true;
        continue;
      }
      boolean apart = !bit.before().isEmpty() || (bit.kind() != Kind.MARK && !missing.isEmpty());
      text.append(text.isEmpty() ? indentation : !afterGap ? bit.before() : apart ? " " : "");
      text.append(bit.text());
      afterGap = false;
      missing = "";
    }
    return Optional.of(text.toString());
  }

  /** Whether it ended in a colon that nothing follows any more. */
  boolean isLabel() {
    return label;
  }

  private void closeGaps() {
    int i = 0;
    while (i < bits.size()) {
      i = bits.get(i).kind() == Kind.GAP && shrink(i) ? 0 : i + 1;
    }
  }

  /** Takes away one neighbour of the gap that has lost its sense; says whether there was one. */
  private boolean shrink(int gap) {
    Bit left = gap > 0 ? bits.get(gap - 1) : Bit.EDGE;
    Bit right = at(gap + 1);
    if (right.kind() == Kind.GAP) {
      return removed(gap + 1);
    }
    if (right.kind() == Kind.LINK && !left.isContent()) {
      if (CONJUNCTIONS.contains(right.text())) {
        // "to {version} and {sha}": what follows takes the missing one's place.
        return removed(gap + 1) && removed(gap);
      }
      if (left.kind() != Kind.LINK) {
        return removed(gap + 1);
      }
    }
    if (left.kind() == Kind.LINK) {
      return removed(gap - 1);
    }
    if (right.kind() == Kind.MARK && isLost(left, right, bits.get(gap), at(gap + 2))) {
      return removed(gap + 1);
    }
    if (left.kind() == Kind.MARK && leadsNowhere(gap, right)) {
      label |= left.text().equals(":");
      return removed(gap - 1);
    }
    return false;
  }

  /** A mark after a gap that has nothing on its left to join. */
  private static boolean isLost(Bit left, Bit mark, Bit gap, Bit next) {
    return switch (left.kind()) {
      case EDGE -> true;
      case MARK -> !mark.isStop();
      default -> mark.isGlued() && next.isGlued() && !gap.isGlued();
    };
  }

  /** A mark before a gap that has nothing on its right to lead to. */
  private boolean leadsNowhere(int gap, Bit right) {
    boolean bullet = gap == 1 && right.isContent();
    return switch (right.kind()) {
      case EDGE, MARK -> true;
      case GROUP -> !bullet;
      default -> !bullet && bits.get(gap).isGlued() && !right.isGlued();
    };
  }

  private Bit at(int index) {
    return index < bits.size() ? bits.get(index) : Bit.EDGE;
  }

  private boolean removed(int index) {
    bits.remove(index);
    return true;
  }
}
