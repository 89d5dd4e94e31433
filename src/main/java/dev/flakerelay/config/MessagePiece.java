package dev.flakerelay.config;

import java.util.List;

/** A piece of a template's line. */
sealed interface MessagePiece {
  /** The white space in front of it, as written. */
  String before();

  /**
   * A word, or several with placeholders among them, without white space: {@code v{version}}.
   *
   * @param text as written
   */
  record Word(String before, String text) implements MessagePiece {}

  /**
   * A mark that joins or ends: {@code :}, {@code ->}, {@code @}, a dash.
   *
   * @param text as written
   */
  record Mark(String before, String text) implements MessagePiece {}

  /**
   * Brackets or quotes, and what stands in them.
   *
   * @param open the opening one
   * @param inside what stands between
   * @param beforeClose the white space in front of the closing one
   * @param close the closing one
   */
  record Group(
      String before, String open, List<MessagePiece> inside, String beforeClose, String close)
      implements MessagePiece {}
}
