package dev.flakerelay.config;

import dev.flakerelay.config.MessagePart.Kind;
import java.util.List;

/**
 * Takes away what made sense only together with a missing value: around each gap one part after the
 * other, until what is left makes sense by itself. The gaps stay, never two in a row.
 *
 * <p>In the examples of the rules {@code {version}} and {@code {old7}} have no value.
 */
final class MessageGaps {
  private final List<MessagePart> parts;
  private boolean label;

  private MessageGaps(List<MessagePart> parts) {
    this.parts = parts;
  }

  /**
   * Closes the gaps of a line, or of the inside of brackets.
   *
   * @param parts is changed
   * @return whether a colon was taken away, as it led to nothing but a gap
   */
  static boolean close(List<MessagePart> parts) {
    MessageGaps gaps = new MessageGaps(parts);
    int i = 0;
    while (i < parts.size()) {
      boolean changed = parts.get(i).is(Kind.GAP) && gaps.shrink(i);
      i = changed ? 0 : i + 1; // what is gone may have been another gap's neighbour
    }
    return gaps.label;
  }

  /** Takes away what the first rule that fits says; the order matters. False: none fits. */
  private boolean shrink(int gap) {
    if (isFollowedByAnother(gap)) {
      remove(gap + 1);
    } else if (givesItsPlaceToTheNext(gap)) {
      remove(gap + 1);
      remove(gap);
    } else if (isStartOfALink(gap)) {
      remove(gap + 1);
    } else if (isEndOfALink(gap)) {
      remove(gap - 1);
    } else if (leavesNothingForItsMark(gap)) {
      remove(gap + 1);
    } else if (wasAllThatItsMarkLedTo(gap)) {
      label |= at(gap - 1).text().equals(":");
      remove(gap - 1);
    } else {
      return false;
    }
    return true;
  }

  /** Two gaps are one. {@code {input} {old7} {version} ({sha7})}: nixfleet (abc1234). */
  private boolean isFollowedByAnother(int gap) {
    return at(gap + 1).is(Kind.GAP);
  }

  /**
   * What follows a conjunction takes the missing one's place. {@code bump {input} to {version} and
   * {sha7}}: bump nixfleet to abc1234.
   */
  private boolean givesItsPlaceToTheNext(int gap) {
    return at(gap + 1).isConjunction() && !at(gap - 1).isContent();
  }

  /** A link from nothing. {@code v{version} of {input}}: nixfleet. */
  private boolean isStartOfALink(int gap) {
    MessagePart left = at(gap - 1);
    return at(gap + 1).is(Kind.LINK) && !left.isContent() && !left.is(Kind.LINK);
  }

  /** A link to nothing. {@code bump {input} to {version}}: bump nixfleet. */
  private boolean isEndOfALink(int gap) {
    return at(gap - 1).is(Kind.LINK);
  }

  /** A mark after the gap that has nothing on its left to join or end. */
  private boolean leavesNothingForItsMark(int gap) {
    MessagePart mark = at(gap + 1);
    if (!mark.is(Kind.MARK)) {
      return false;
    }
    return switch (at(gap - 1).kind()) {
      // {version}: {input} -- nixfleet
      case OUTSIDE -> true;
      // {input} - {version} - {sha7} -- nixfleet - abc1234; but {input}: {version}. -- nixfleet.
      case MARK -> !mark.isStop();
      // bump {input} {old7}..{sha7} -- bump nixfleet abc1234
      default -> mark.isGlued() && at(gap + 2).isGlued() && !at(gap).isGlued();
    };
  }

  /** A mark before the gap that has nothing on its right to lead to. */
  private boolean wasAllThatItsMarkLedTo(int gap) {
    if (!at(gap - 1).is(Kind.MARK)) {
      return false;
    }
    MessagePart right = at(gap + 1);
    // - {version} ({sha7}) -- - (abc1234)
    boolean bullet = gap == 1 && right.isContent();
    return switch (right.kind()) {
      // {input}: {version} -- nixfleet
      case OUTSIDE, MARK -> true;
      // {input} -> {version} ({sha7}) -- nixfleet (abc1234)
      case GROUP -> !bullet;
      // {input}@{version} {sha7} -- nixfleet abc1234; but {input}: {version} {sha7} -- nixfleet:
      // abc1234
      default -> !bullet && at(gap).isGlued() && !right.isGlued();
    };
  }

  private MessagePart at(int index) {
    return index >= 0 && index < parts.size() ? parts.get(index) : MessagePart.OUTSIDE;
  }

  private void remove(int index) {
    parts.remove(index);
  }
}
