package dev.flakerelay.local.admin;

import dev.flakerelay.local.status.Status;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a page may have to show. */
final class Statuses {
  private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");
  private static final String REVISION = "1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d";

  private Statuses() {}

  /** Something of everything. */
  static Status busy() {
    return of("app");
  }

  /** The same with a stranger's words wherever one may write some. */
  static Status of(String words) {
    Status.Wanted wanted =
        new Status.Wanted(
            "0123456789abcdef0123456789abcdef",
            words,
            "https://github.com/acme/machines.git main " + words,
            words,
            words,
            Optional.of(words));
    return new Status(
        NOW,
        "flake-relay 0.1.0",
        words,
        List.of(words),
        true,
        List.of(
            new Status.RouteStatus(
                words,
                List.of(
                    new Status.InputStatus(
                        words,
                        Optional.of("https://github.com/acme/machines"),
                        words,
                        Optional.of(REVISION),
                        Optional.of(REVISION.replace('1', '2')),
                        Optional.of(words),
                        Optional.of(NOW.minusSeconds(200)),
                        Optional.of(NOW.minusSeconds(100)),
                        Optional.of(words))))),
        Map.of(words, Map.of("updated", 3L)),
        new Status.QueueStatus(
            2,
            Optional.of(NOW.minusSeconds(60)),
            List.of(
                new Status.Queued(
                    wanted, "retry", 1, NOW.minusSeconds(60), Optional.of(NOW.plusSeconds(5))))),
        new Status.LetterStatus(
            1,
            List.of(
                new Status.Letter(
                    words, Optional.of(wanted), NOW.minusSeconds(900), 5, Optional.of(words)))),
        List.of(
            new Status.Ended(
                NOW.minusSeconds(30),
                "rejected",
                wanted,
                Optional.of(REVISION),
                Optional.of(REVISION),
                Optional.of("https://github.com/acme/machines/commit/" + REVISION),
                Optional.of(words),
                1,
                1234,
                Map.of("lock", 700L))));
  }
}
