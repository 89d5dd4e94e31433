package dev.flakerelay.local;

import static dev.flakerelay.queue.Jobs.job;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.local.sqlite.SqliteJobQueue;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.Jobs;
import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.queue.WorkBudget;
import dev.flakerelay.support.Await;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs of routes called {@code bad…} never end by themselves; each route is a source. */
@Tag("slow")
class PumpLanesTest {
  private static final Duration SOON = Duration.ofSeconds(60);
  private static final Duration SLICE = Duration.ofMillis(200);

  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
  private final EventLog log =
      new EventLog(
          new PrintStream(lines, true, StandardCharsets.UTF_8),
          EventLog.Format.JSON,
          InstantSource.system());
  private final ConcurrentLinkedQueue<String> done = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Message> begun = new ConcurrentLinkedQueue<>();
  private final AtomicInteger inHand = new AtomicInteger();
  private final AtomicInteger mostInHand = new AtomicInteger();
  private final SqliteJobQueue queue;
  private volatile boolean letGo;

  PumpLanesTest(@TempDir Path folder) throws QueueUnavailableException {
    this.queue = SqliteJobQueue.open(folder);
  }

  @AfterEach
  void close() {
    queue.close();
  }

  private Pump start(int workers, Duration budget) {
    Lanes lanes =
        new Lanes(
            workers,
            message -> Jobs.read(message).route(),
            new WorkBudget(budget, InstantSource.system(), log),
            SLICE);
    return Pump.start(queue, workers, lanes, new Handler(), log, Duration.ofSeconds(10));
  }

  /** Closed before the pump, which would wait for the jobs in hand. */
  private interface LetGo extends AutoCloseable {
    @Override
    void close();
  }

  private void letGo() {
    letGo = true;
  }

  private void end(Pump pump) {
    letGo();
    assertThat(pump.close(SOON)).isTrue();
  }

  private boolean isDone(String route) {
    return done.contains(route);
  }

  @Test
  void sourcesThatNeverEndHoldUpNobodyAndTheirJobsAreNotLost() throws Exception {
    try (Pump pump = start(1, WorkBudget.PER_HOUR);
        LetGo _ = this::letGo) {
      for (int i = 0; i < 6; i++) {
        queue.send(List.of(job("bad" + i, "branch" + i, i)));
      }
      Await.until(SOON, () -> !begun.isEmpty());
      queue.send(List.of(job("good", "good", 7)));
      Await.until(SOON, () -> isDone("good"));
      // Those that are put back have all come again.
      Await.until(SOON, () -> begun.size() >= 10);
      queue.send(List.of(job("good2", "good", 8)));
      Await.until(SOON, () -> isDone("good2"));
      assertThat(begun).allMatch(each -> each.receiveCount() == 1);
      assertThat(mostInHand.get()).isLessThanOrEqualTo(1 + 2 + 1);
      end(pump);
    }
    List<String> left = queue.unfinished().stream().map(each -> Jobs.read(each).route()).toList();
    assertThat(left).doesNotContain("good", "good2");
    assertThat(done.stream().filter(each -> each.startsWith("bad")).count() + left.size())
        .isEqualTo(6);
  }

  /** A flake with inputs of several sources is the usual target. */
  @Test
  void aSourceThatNeverEndsDoesNotHoldUpAnotherOneOfTheSameTarget() throws Exception {
    try (Pump pump = start(2, WorkBudget.PER_HOUR);
        LetGo _ = this::letGo) {
      queue.send(List.of(job("bad", "main", 1)));
      Await.until(SOON, () -> !begun.isEmpty());
      queue.send(List.of(job("bad", "main", 2), job("good", "main", 3)));
      Await.until(SOON, () -> isDone("good"));
      end(pump);
    }
  }

  @Test
  void whoHasNoBudgetLeftLeavesTheWorkersToOthers() throws Exception {
    try (Pump pump = start(1, Duration.ofMillis(1));
        LetGo _ = this::letGo) {
      queue.send(List.of(job("greedy", "main", 1)));
      Await.until(SOON, () -> isDone("greedy"));
      queue.send(List.of(job("bad", "a", 2), job("bad", "b", 3)));
      Await.until(SOON, () -> !begun.isEmpty());
      for (int i = 0; i < 5; i++) {
        String route = "good" + i;
        queue.send(List.of(job(route, "branch", 4 + i)));
        Await.until(SOON, () -> isDone(route));
      }
      end(pump);
    }
    assertThat(lines.toString(StandardCharsets.UTF_8).split("source-over-budget.{1,20}greedy", -1))
        .hasSizeLessThanOrEqualTo(2);
  }

  /** What computes in this process may not hear an interrupt. */
  @Test
  void whileNobodyElseWaitsNothingIsInterrupted() throws Exception {
    try (Pump pump = start(1, WorkBudget.PER_HOUR);
        LetGo _ = this::letGo) {
      queue.send(List.of(job("bad", "a", 1), job("bad", "b", 2), job("bad", "c", 3)));
      Await.until(SOON, () -> !begun.isEmpty());
      LockSupport.parkNanos(SLICE.multipliedBy(4).toNanos());
      assertThat(begun).hasSize(1);
      end(pump);
    }
    assertThat(lines.toString(StandardCharsets.UTF_8)).doesNotContain("turn-ended");
  }

  private final class Handler implements BatchHandler {
    @Override
    public List<Retry> handle(List<Message> batch) {
      return handle(batch, () -> false);
    }

    @Override
    public List<Retry> handle(List<Message> batch, BooleanSupplier ended) {
      begun.addAll(batch);
      mostInHand.accumulateAndGet(inHand.incrementAndGet(), Math::max);
      try {
        String route = Jobs.read(batch.getFirst()).route();
        while (route.startsWith("bad") && !letGo) {
          LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(5));
          if (ended.getAsBoolean()) {
            return batch.stream().map(each -> Retry.untried(each, Duration.ZERO)).toList();
          }
        }
        batch.forEach(each -> done.add(Jobs.read(each).route()));
        return List.of();
      } finally {
        inHand.decrementAndGet();
      }
    }
  }
}
