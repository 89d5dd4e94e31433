package dev.flakerelay.queue;

import dev.flakerelay.log.EventLog;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * How much time of the workers each source took within its hour, which begins with its first job.
 * Who took more than the budget waits behind everybody else until the hour is over; that is told
 * once. Thread-safe, kept in memory.
 */
public final class WorkBudget {
  /** A sixth of one worker's time. */
  public static final Duration PER_HOUR = Duration.ofMinutes(10);

  private static final Duration HOUR = Duration.ofHours(1);

  private record Account(Instant end, Duration spent) {}

  private final Duration perHour;
  private final InstantSource clock;
  private final EventLog log;
  private final Map<String, Account> accounts = new HashMap<>();

  /**
   * A budget of which nothing is spent.
   *
   * @param perHour what each source may take
   * @param log told when a source has taken it
   */
  public WorkBudget(Duration perHour, InstantSource clock, EventLog log) {
    this.perHour = perHour;
    this.clock = clock;
    this.log = log;
  }

  /** Counts the time that a worker spent on a source's jobs. */
  public synchronized void spend(String source, Duration time) {
    Instant now = clock.instant();
    accounts.values().removeIf(account -> isOver(account, now));
    Account before = accounts.getOrDefault(source, new Account(now.plus(HOUR), Duration.ZERO));
    Account after = new Account(before.end(), before.spent().plus(time));
    accounts.put(source, after);
    if (before.spent().compareTo(perHour) < 0 && after.spent().compareTo(perHour) >= 0) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("source", source);
      fields.put("spent_ms", after.spent().toMillis());
      fields.put("budget_ms", perHour.toMillis());
      fields.put("until", after.end().toString());
      log.warn("source-over-budget", fields);
    }
  }

  /** What a source took within its hour, if that is not over. */
  public synchronized Duration spent(String source) {
    return current(source).map(Account::spent).orElse(Duration.ZERO);
  }

  /** How long a source has to wait behind the others; empty if it has budget left. */
  public synchronized Optional<Duration> exhausted(String source) {
    return current(source)
        .filter(account -> account.spent().compareTo(perHour) >= 0)
        .map(account -> Duration.between(clock.instant(), account.end()));
  }

  private Optional<Account> current(String source) {
    Instant now = clock.instant();
    return Optional.ofNullable(accounts.get(source)).filter(account -> !isOver(account, now));
  }

  /** Also when the clock was put back: nobody waits for longer than an hour. */
  private static boolean isOver(Account account, Instant now) {
    return !now.isBefore(account.end()) || now.plus(HOUR).isBefore(account.end());
  }
}
