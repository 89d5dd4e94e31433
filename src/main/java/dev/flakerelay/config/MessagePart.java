package dev.flakerelay.config;

import java.util.Locale;
import java.util.Set;

/**
 * A piece of a template's line with its values filled in.
 *
 * @param before the white space in front of it, as the template has it
 * @param text empty for a gap
 */
record MessagePart(Kind kind, String before, String text) {
  /** What stands in front of the first part and behind the last one. */
  static final MessagePart OUTSIDE = new MessagePart(Kind.OUTSIDE, "", "");

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

  /** What a part is. */
  enum Kind {
    /** A word, also one with values, or a text in quotes. */
    TEXT,
    /** Brackets and what stands in them. */
    GROUP,
    /** A word that leads to a value: {@code to}. */
    LINK,
    /** A mark that joins or ends: {@code :}, {@code ->}. */
    MARK,
    /** The place of something whose value is missing. */
    GAP,
    /** No part at all. */
    OUTSIDE
  }

  /** A word whose values are all there, or what is left of one. */
  static MessagePart word(String before, String template, String filled) {
    Kind kind = LINKS.contains(template.toLowerCase(Locale.ROOT)) ? Kind.LINK : Kind.TEXT;
    return new MessagePart(kind, before, filled);
  }

  /** The place of what has no value. */
  static MessagePart gap(String before) {
    return new MessagePart(Kind.GAP, before, "");
  }

  boolean is(Kind one) {
    return kind == one;
  }

  /** Whether it says something by itself. */
  boolean isContent() {
    return kind == Kind.TEXT || kind == Kind.GROUP;
  }

  /** Whether nothing separates it from what stands in front of it. */
  boolean isGlued() {
    return before.isEmpty() && kind != Kind.OUTSIDE;
  }

  /** Whether it ends a sentence. */
  boolean isStop() {
    return text.equals(".") || text.equals("!") || text.equals("?");
  }

  boolean isConjunction() {
    return kind == Kind.LINK && CONJUNCTIONS.contains(text);
  }
}
