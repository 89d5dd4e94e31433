package dev.flakerelay.config.message;

import java.util.List;
import java.util.regex.Pattern;

/** Trailers at the end of a commit message ("git interpret-trailers" in Git's manual). */
final class TrailerBlock {
  /** A name, a colon, a value. Git takes an address for one, too; here it stays text. */
  private static final Pattern TRAILER = Pattern.compile("[A-Za-z0-9-]+[ \t]*:(?!//).*");

  private TrailerBlock() {}

  /**
   * As Git tells trailers: the last paragraph, if it is not the only one, has nothing else, or a
   * {@code Signed-off-by} and one trailer for every three other lines.
   */
  static boolean ends(String message) {
    int paragraph = message.lastIndexOf("\n\n");
    List<String> lines = message.substring(Math.max(0, paragraph)).strip().lines().toList();
    long trailers = lines.stream().filter(line -> TRAILER.matcher(line).matches()).count();
    long continued = lines.stream().filter(line -> line.matches("[ \t].*")).count();
    long others = lines.size() - trailers - continued;
    boolean signed = lines.stream().anyMatch(line -> line.startsWith("Signed-off-by: "));
    return paragraph >= 0 && trailers > 0 && (others == 0 || (signed && 3 * trailers >= others));
  }
}
