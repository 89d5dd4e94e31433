package dev.flakerelay.local.http;

import dev.flakerelay.log.EventLog;
import dev.flakerelay.net.AddressRange;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Tells, once a minute at most, how many connections the endpoint has closed before they were
 * answered: event {@code connections-closed} with {@code slow} (it took too long), {@code crowded}
 * (its place was needed for others), and {@code most}, the address that most of them came from.
 */
final class ClosedLog {
  private static final Duration PERIOD = Duration.ofMinutes(1);

  private final EventLog log;
  private final Map<AddressRange, Integer> byClient = new HashMap<>();
  private int slow;
  private int crowded;
  private long told = System.nanoTime() - PERIOD.toNanos();

  ClosedLog(EventLog log) {
    this.log = log;
  }

  void slow(AddressRange client) {
    slow++;
    byClient.merge(client, 1, Integer::sum);
  }

  void crowded(AddressRange client) {
    crowded++;
    byClient.merge(client, 1, Integer::sum);
  }

  /** Writes the line if there is something to tell and the last one is a minute old. */
  void tell(long now) {
    if (byClient.isEmpty() || now - told < PERIOD.toNanos()) {
      return;
    }
    told = now;
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("slow", slow);
    fields.put("crowded", crowded);
    byClient.entrySet().stream()
        .max(Map.Entry.comparingByValue())
        .ifPresent(most -> fields.put("most", most.getKey().toString()));
    log.warn("connections-closed", fields);
    byClient.clear();
    slow = 0;
    crowded = 0;
  }
}
