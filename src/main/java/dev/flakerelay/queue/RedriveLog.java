package dev.flakerelay.queue;

import dev.flakerelay.EventLog;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes what a redrive did, one line a letter, event {@code redrive}. Letters that merely stay are
 * not told again and again: that a job failed was logged when it did.
 */
public final class RedriveLog {
  private RedriveLog() {}

  /** Writes about the letters of one run. */
  public static void write(EventLog log, List<Redrive.Letter> letters) {
    for (Redrive.Letter letter : letters) {
      switch (letter.fate()) {
        case SENT -> log.info("redrive", fields(letter));
        case NOT_SENT, UNREADABLE -> log.warn("redrive", fields(letter));
        case DUE, WAITING, EXHAUSTED -> {}
      }
    }
  }

  private static Map<String, @Nullable Object> fields(Redrive.Letter letter) {
    Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    fields.put("fate", letter.fate().key());
    fields.put("job", letter.job().map(Job::id).orElse(null));
    fields.put("message", letter.message());
    fields.put("reason", letter.reason());
    return fields;
  }
}
