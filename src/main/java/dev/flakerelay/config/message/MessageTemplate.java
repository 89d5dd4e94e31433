package dev.flakerelay.config.message;

import dev.flakerelay.VisibleText;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The template of a commit message. What stands in {@code […]} together with a {@link Placeholder}
 * is left out, brackets and all, when that placeholder has no value, and shown without the brackets
 * when it has. Brackets without a placeholder are text. A placeholder belongs to the innermost
 * brackets around it.
 *
 * @param text a subject line, and perhaps a blank line and a body
 */
public record MessageTemplate(String text) {
  /** In characters; far more than a commit message needs. */
  private static final int MAX_LENGTH = 2000;

  private static final Pattern FORBIDDEN = Pattern.compile("[\\p{C}\\u2028\\u2029&&[^\n\t]]");
  private static final Pattern TOKEN = Pattern.compile("\\{[^{}\n]*}|[\\[\\]{}]|[^\\[\\]{}]+");

  /** A line that starts like this is where {@code git interpret-trailers} stops reading. */
  private static final Pattern PATCH = Pattern.compile("(?m)^\\[*---(?:\\s|$)");

  private static final Pattern OWN_TRAILER =
      Pattern.compile("(?mi)^\\[*((?:Flake|Relay)-[a-z-]+)[ \t]*:");

  private static final String LOOSE_WORD =
      "[^\\s(){}\\[\\],;:]*\\{(?:version|old7?)}[^\\s(){}\\[\\],;:.]*";

  /** Brackets, or a placeholder that needs some, with what leads to it. */
  private static final Pattern LOOSE =
      Pattern.compile(
          "\\[[^\\[\\]]*]|((?:[ \t]+(?:to|from|at|->|→))?[ \t]*(?:\\(%1$s\\)|%1$s))"
              .formatted(LOOSE_WORD));

  /** Stands where brackets were left out; neither a template nor a value can contain it. */
  private static final String GAP = "\0";

  private static final Pattern LINE_OF_GAPS = Pattern.compile("(?m)^[ \t]*\0[ \t\0]*(?:\n|\\z)");

  /** The template where the config names none. */
  public static final MessageTemplate DEFAULT =
      new MessageTemplate("chore: bump {input}[ to v{version}] ({sha7})");

  /** The inside of two brackets, or what is in none. */
  private static final class Level {
    private final StringBuilder text = new StringBuilder();
    private boolean hasPlaceholder;
    private boolean isLeftOut;
  }

  /**
   * Checks a template.
   *
   * @throws IllegalArgumentException if a placeholder is unknown, or may have no value and is not
   *     in brackets; if braces or brackets are not in pairs; if the subject may be empty; if a line
   *     is, or would hide, one of flake-relay's own trailers; or if there is a control character
   */
  public MessageTemplate {
    text = text.replace("\r\n", "\n").stripTrailing();
    if (FORBIDDEN.matcher(text).find()) {
      throw new IllegalArgumentException("has an invisible control character: remove it");
    }
    if (text.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("longer than " + MAX_LENGTH + " characters: shorten it");
    }
    Map<Placeholder, String> always = new EnumMap<>(Placeholder.class);
    for (Placeholder placeholder : Placeholder.values()) {
      if (!placeholder.isOptional()) {
        always.put(placeholder, "x");
      }
    }
    if (fill(text, always).replace(GAP, "").lines().findFirst().orElse("").isBlank()) {
      throw new IllegalArgumentException(
          "its first line, the subject, may be empty: write text outside of brackets there");
    }
    if (PATCH.matcher(text).find()) {
      throw new IllegalArgumentException(
          "has a line that starts with ---, where Git takes a message to end: remove it");
    }
    Matcher own = OWN_TRAILER.matcher(text);
    if (own.find()) {
      throw new IllegalArgumentException(
          "flake-relay itself writes the line " + own.group(1) + ": remove it");
    }
  }

  /** Whether it names the placeholder. */
  public boolean names(Placeholder placeholder) {
    return text.contains(placeholder.toString());
  }

  /**
   * Fills in the values and adds a paragraph and trailers. These join those at the template's end,
   * if there are any, so that Git reads all of them ("git interpret-trailers" in Git's manual).
   *
   * @param values by placeholder; a missing or blank one has no value. Each is written as one line
   *     of visible characters, and none can make its line a trailer
   * @param details lines of a paragraph above all trailers; blank: there is none
   * @param trailers whole lines
   * @return the message, without the blank lines and the white space that Git would remove
   */
  public String render(Map<Placeholder, String> values, String details, String trailers) {
    Map<Placeholder, String> visible = new EnumMap<>(Placeholder.class);
    Map<Placeholder, String> masked = new EnumMap<>(Placeholder.class);
    values.forEach(
        (placeholder, value) -> {
          String line = VisibleText.brief(value);
          if (!line.isEmpty()) {
            visible.put(placeholder, line);
            masked.put(placeholder, "…"); // which no trailer's name can have
          }
        });
    boolean joins = TrailerBlock.ends(tidy(fill(text, masked)));
    String message = tidy(fill(text, visible));
    int above = joins ? message.lastIndexOf("\n\n") : message.length();
    String paragraph = details.isBlank() ? "" : "\n\n" + details.strip();
    return message.substring(0, above)
        + paragraph
        + message.substring(above)
        + (joins ? "\n" : "\n\n")
        + trailers;
  }

  private static String fill(String text, Map<Placeholder, String> values) {
    Deque<Level> levels = new ArrayDeque<>();
    levels.push(new Level());
    Matcher tokens = TOKEN.matcher(text);
    while (tokens.find()) {
      String token = tokens.group();
      switch (token.charAt(0)) {
        case '[' -> levels.push(new Level());
        case ']' -> {
          Level inside = levels.pop();
          if (levels.isEmpty()) {
            throw new IllegalArgumentException("the bracket ] was not opened: write [ before it");
          }
          String shown = inside.hasPlaceholder ? inside.text.toString() : "[" + inside.text + "]";
          levels.getFirst().text.append(inside.isLeftOut ? GAP : shown);
        }
        case '{', '}' -> {
          Placeholder placeholder = Placeholder.parse(token);
          if (levels.size() == 1 && placeholder.needsBrackets()) {
            throw new IllegalArgumentException(
                placeholder
                    + " may have no value: put brackets around what is left out then: "
                    + bracketed(text));
          }
          levels.getFirst().hasPlaceholder = true;
          levels.getFirst().isLeftOut |= !values.containsKey(placeholder);
          levels.getFirst().text.append(values.getOrDefault(placeholder, ""));
        }
        default -> levels.getFirst().text.append(token);
      }
    }
    if (levels.size() > 1) {
      throw new IllegalArgumentException("the bracket [ is not closed: write ] after it");
    }
    return levels.pop().text.toString();
  }

  /** The template with the brackets that it lacks, as YAML; an example where that fails. */
  private static String bracketed(String text) {
    String written =
        LOOSE.matcher(text).replaceAll(found -> found.group(1) == null ? "$0" : "[$1]");
    try {
      return quoted(new MessageTemplate(written).text);
    } catch (IllegalArgumentException e) {
      return "for example " + quoted("chore: bump {input}[ to v{version}] ({sha7})");
    }
  }

  private static String quoted(String text) {
    String escaped = text.replace("\\", "\\\\").replace("\"", "\\\"");
    return '"' + escaped.replace("\n", "\\n").replace("\t", "\\t") + '"';
  }

  /** A line of which nothing is left goes, and so does what Git itself removes. */
  private static String tidy(String filled) {
    String lines = LINE_OF_GAPS.matcher(filled).replaceAll("").replace(GAP, "");
    return lines.replaceAll("[ \t]+(?=\n|$)", "").replaceAll("\n{3,}", "\n\n").strip();
  }
}
