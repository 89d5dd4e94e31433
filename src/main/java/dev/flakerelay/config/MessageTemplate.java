package dev.flakerelay.config;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The template of a commit message: text with {@link Placeholder}s as {@code {sha7}}.
 *
 * <p>A placeholder without a value takes with it what only made sense together with it: the rest of
 * its word ({@code v{version}}), brackets that would be empty, the word or mark that led to it
 * ({@code to}, {@code :}, {@code ->}), and its line if nothing else is left of it. Values are data:
 * they are cut to one clean line, are not expanded again, and can't make a line of the message look
 * like a trailer.
 */
public final class MessageTemplate {
  /** Of a template, in characters; far more than a commit message needs. */
  private static final int MAX_LENGTH = 2000;

  /** The subject where a template's own has nothing left. */
  private static final String LAST_RESORT = "chore: bump flake inputs";

  private static final Pattern FORBIDDEN = Pattern.compile("[\\p{C}\\u2028\\u2029&&[^\n\t]]");

  /** The template where the config names none. */
  public static final MessageTemplate DEFAULT = parse("chore: bump {input} to v{version} ({sha7})");

  private final String text;
  private final List<MessageLine> lines;

  private MessageTemplate(String text) {
    this.text = text;
    this.lines = text.lines().map(MessageLine::parse).toList();
  }

  /**
   * Reads a template: a subject line, and perhaps a blank line and a body.
   *
   * @throws IllegalArgumentException if a placeholder is unknown or not closed, the subject is
   *     empty, or there is a control character
   */
  public static MessageTemplate parse(String text) {
    String lines = text.replace("\r\n", "\n").stripTrailing();
    if (FORBIDDEN.matcher(lines).find()) {
      throw new IllegalArgumentException("has an invisible control character: remove it");
    }
    if (lines.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("longer than " + MAX_LENGTH + " characters: shorten it");
    }
    if (lines.isEmpty() || lines.lines().findFirst().orElse("").isBlank()) {
      throw new IllegalArgumentException("its first line, the subject, is empty");
    }
    return new MessageTemplate(lines);
  }

  /**
   * Fills in the values.
   *
   * @param values by placeholder; a missing one, and one that is blank when cleaned, has no value
   * @return one or more lines joined by a line feed, without one at the end; the subject is never
   *     empty
   */
  public String render(Map<Placeholder, String> values) {
    Map<Placeholder, String> clean = new EnumMap<>(Placeholder.class);
    values.forEach(
        (placeholder, value) ->
            Optional.of(MessageValue.clean(value))
                .filter(cleaned -> !cleaned.isEmpty())
                .ifPresent(cleaned -> clean.put(placeholder, cleaned)));
    List<String> message = new ArrayList<>();
    message.add(subject(clean));
    for (MessageLine line : lines.subList(1, lines.size())) {
      line.body(clean)
          .filter(rendered -> !rendered.isEmpty() || !message.getLast().isEmpty())
          .ifPresent(message::add);
    }
    return String.join("\n", message).stripTrailing();
  }

  private String subject(Map<Placeholder, String> values) {
    return lines
        .getFirst()
        .subject(values)
        .or(() -> DEFAULT.lines.getFirst().subject(values))
        .orElse(LAST_RESORT);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof MessageTemplate template && text.equals(template.text);
  }

  @Override
  public int hashCode() {
    return text.hashCode();
  }

  /** The template as it was written. */
  @Override
  public String toString() {
    return text;
  }
}
