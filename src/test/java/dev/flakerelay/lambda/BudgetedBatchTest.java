package dev.flakerelay.lambda;

import static dev.flakerelay.queue.Jobs.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.JobJson;
import dev.flakerelay.queue.Jobs;
import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.WorkBudget;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class BudgetedBatchTest {
  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-31T12:00:00Z"));
  private final EventLog log =
      new EventLog(
          new PrintStream(lines, true, StandardCharsets.UTF_8), EventLog.Format.JSON, now::get);
  private final WorkBudget budget = new WorkBudget(Duration.ofMinutes(10), now::get, log);
  private final List<String> done = new ArrayList<>();
  private final BudgetedBatch updates = new BudgetedBatch(this::finish, Jobs::branch, budget, 5);

  private List<BatchHandler.Retry> finish(List<Message> batch) {
    batch.forEach(each -> done.add(each.id()));
    return List.of();
  }

  private static Message message(String branch, int number, int receiveCount) {
    return new Message(
        branch + number,
        JobJson.write(job(branch, number)),
        "group",
        receiveCount,
        Instant.EPOCH,
        "receipt");
  }

  @Test
  void whatUsedUpItsBudgetComesAgainAndOthersAreDone() {
    budget.spend("greedy", Duration.ofMinutes(11));
    List<BatchHandler.Retry> retries =
        updates.handle(
            List.of(message("greedy", 1, 1), message("honest", 2, 1), message("greedy", 3, 4)));
    assertThat(done).containsExactly("honest2");
    assertThat(retries)
        .extracting(each -> each.message().id())
        .containsExactly("greedy1", "greedy3");
    assertThat(retries).allMatch(each -> each.delay().equals(Duration.ofMinutes(15)));
  }

  @Test
  void whoHasUsedLeastComesFirst() {
    budget.spend("greedy", Duration.ofMinutes(1));
    updates.handle(List.of(message("greedy", 1, 1), message("honest", 2, 1)));
    assertThat(done).containsExactly("honest2", "greedy1");
  }

  @Test
  void noJobFailsForHavingWaited() {
    budget.spend("greedy", Duration.ofMinutes(11));
    updates.handle(List.of(message("greedy", 1, 5)));
    assertThat(done).containsExactly("greedy1");
  }

  @Test
  void theBudgetIsToldOnceAndComesBackAfterAnHour() {
    for (int minute = 0; minute < 20; minute++) {
      budget.spend("greedy", Duration.ofMinutes(1));
    }
    assertThat(budget.exhausted("greedy")).contains(Duration.ofHours(1));
    assertThat(lines.toString(StandardCharsets.UTF_8).lines())
        .singleElement()
        .asString()
        .contains("\"source-over-budget\"", "\"greedy\"", "600000", "2026-01-31T13:00:00Z");
    now.updateAndGet(before -> before.plus(Duration.ofHours(1)));
    assertThat(budget.exhausted("greedy")).isEmpty();
  }

  @Test
  void aClockThatIsPutBackLetsNobodyWaitForever() {
    budget.spend("greedy", Duration.ofMinutes(11));
    now.updateAndGet(before -> before.minus(Duration.ofDays(1)));
    assertThat(budget.exhausted("greedy")).isEmpty();
  }
}
