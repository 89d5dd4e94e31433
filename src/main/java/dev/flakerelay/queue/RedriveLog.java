package dev.flakerelay.queue;

import dev.flakerelay.log.EventLog;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes what a redrive did, one line a letter, event {@code redrive}. Of letters that merely stay
 * only the last thing is told, once: that nothing more is done with them.
 */
public final class RedriveLog {
  private RedriveLog() {}

  /** Writes about the letters of one run. */
  public static void write(EventLog log, List<DeadLetter> letters) {
    for (DeadLetter letter : letters) {
      switch (letter.fate()) {
        case SENT -> log.info("redrive", fields(letter));
        case NOT_SENT -> log.warn("redrive", fields(letter));
        case EXHAUSTED, UNREADABLE -> {
          if (letter.setAside()) {
            log.error("redrive", fields(letter));
          }
        }
        case DUE, WAITING -> {}
      }
    }
  }

  private static Map<String, Object> fields(DeadLetter letter) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("fate", letter.fate().key());
    letter.job().ifPresent(job -> fields.put("job", job.id()));
    fields.put("message", letter.message());
    fields.put("reason", letter.reason());
    return fields;
  }
}
