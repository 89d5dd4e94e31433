package dev.flakerelay.local.admin;

import dev.flakerelay.VisibleText;
import java.util.Set;

/** Builds HTML in which every text and attribute is escaped, whoever wrote it. */
final class Html {
  /** Within a line, where a break would be a space. */
  private static final Set<String> INLINE =
      Set.of("a", "b", "code", "small", "span", "strong", "time");

  private final StringBuilder out = new StringBuilder(16_384);

  /** Opens an element; attributes as names and values in turn. */
  Html open(String tag, String... attributes) {
    out.append('<').append(tag);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ')
          .append(attributes[i])
          .append("=\"")
          .append(escaped(attributes[i + 1]))
          .append('"');
    }
    out.append('>');
    return this;
  }

  /** Closes an element. */
  Html close(String tag) {
    out.append("</").append(tag).append(INLINE.contains(tag) ? ">" : ">\n");
    return this;
  }

  /** A text. */
  Html text(String text) {
    out.append(escaped(text));
    return this;
  }

  /** An element that holds a text. */
  Html element(String tag, String text, String... attributes) {
    return open(tag, attributes).text(text).close(tag);
  }

  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    VisibleText.of(text)
        .chars()
        .forEach(
            character -> {
              switch (character) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                case '\'' -> escaped.append("&#39;");
                default -> escaped.append((char) character);
              }
            });
    return escaped.toString();
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
