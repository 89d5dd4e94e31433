package dev.flakerelay.local;

import static dev.flakerelay.queue.Jobs.branch;
import static dev.flakerelay.queue.Jobs.job;
import static dev.flakerelay.queue.Jobs.number;
import static dev.flakerelay.queue.Jobs.numbers;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.local.sqlite.QueueSettings;
import dev.flakerelay.local.sqlite.SqliteJobQueue;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.queue.WorkBudget;
import dev.flakerelay.support.Await;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class PumpTest {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
  private final EventLog log =
      new EventLog(
          new PrintStream(lines, true, StandardCharsets.UTF_8),
          EventLog.Format.JSON,
          InstantSource.system());
  private final List<Integer> done = Collections.synchronizedList(new ArrayList<>());
  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-31T12:00:00Z"));
  private final Path folder;
  private SqliteJobQueue queue;

  PumpTest(@TempDir Path folder) throws QueueUnavailableException {
    this.folder = folder;
    this.queue = SqliteJobQueue.open(folder);
  }

  @AfterEach
  void close() {
    queue.close();
  }

  private static Pump start(JobQueue queue, int workers, BatchHandler handler, EventLog log) {
    return Pump.start(queue, workers, lanes(workers), handler, log, Duration.ofSeconds(10));
  }

  private static Lanes lanes(int workers) {
    EventLog silent =
        new EventLog(
            new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8),
            EventLog.Format.JSON,
            InstantSource.system());
    WorkBudget budget = new WorkBudget(WorkBudget.PER_HOUR, InstantSource.system(), silent);
    return new Lanes(workers, Message::group, budget);
  }

  private String logged() {
    return lines.toString(StandardCharsets.UTF_8);
  }

  private List<BatchHandler.Retry> finish(List<Message> batch) {
    done.addAll(numbers(batch));
    return List.of();
  }

  @Test
  void jobsAreDoneInOrderAndDeleted() throws Exception {
    try (Pump pump = start(queue, 4, this::finish, log)) {
      queue.send(IntStream.range(0, 35).mapToObj(n -> job("main", n)).toList());
      Await.until(SOON, () -> done.size() == 35);
      assertThat(pump.close(SOON)).isTrue();
    }
    assertThat(done).containsExactlyElementsOf(IntStream.range(0, 35).boxed().toList());
    assertNothingIsLeft();
  }

  private void assertNothingIsLeft() throws QueueUnavailableException {
    queue.close();
    queue = SqliteJobQueue.open(folder);
    assertThat(queue.receive(10, Duration.ZERO)).isEmpty();
  }

  @Test
  void groupsAreWorkedOnSideBySide() throws Exception {
    CyclicBarrier both = new CyclicBarrier(2);
    try (Pump pump =
        start(
            queue,
            2,
            batch -> {
              try {
                both.await(SOON.toSeconds(), TimeUnit.SECONDS);
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
              return finish(batch);
            },
            log)) {
      queue.send(List.of(job("a", 1), job("b", 2)));
      Await.until(SOON, () -> done.size() == 2);
      assertThat(pump.close(SOON)).isTrue();
    }
  }

  @Test
  void whatFailsComesAgainAndTheRestIsDone() throws Exception {
    AtomicInteger failures = new AtomicInteger();
    try (Pump pump =
        start(
            queue,
            2,
            batch -> {
              List<BatchHandler.Retry> retries = new ArrayList<>();
              for (Message message : batch) {
                if (number(message) == 2 && message.receiveCount() == 1) {
                  failures.incrementAndGet();
                  retries.add(new BatchHandler.Retry(message, Duration.ZERO));
                } else {
                  done.add(number(message));
                }
              }
              return retries;
            },
            log)) {
      queue.send(List.of(job("main", 1), job("main", 2), job("other", 3)));
      Await.until(SOON, () -> done.size() == 3);
      assertThat(pump.close(SOON)).isTrue();
    }
    assertThat(done).containsExactlyInAnyOrder(1, 2, 3);
    assertThat(failures).hasValue(1);
    assertNothingIsLeft();
  }

  @Test
  void aHandlerThatCrashesLosesNothingAndOtherGroupsGoOn() throws Exception {
    try (Pump pump =
        start(
            queue,
            1,
            batch -> {
              if (branch(batch.getFirst()).equals("bad")) {
                throw new StackOverflowError("on purpose");
              }
              return finish(batch);
            },
            log)) {
      queue.send(List.of(job("bad", 1), job("bad", 2), job("good", 3)));
      Await.until(SOON, () -> done.contains(3) && logged().contains("batch-crashed"));
      assertThat(pump.close(SOON)).isTrue();
    }
    assertThat(logged()).contains("on purpose");
    // Put back for a while, not deleted; visible when the clock says so.
    queue.close();
    queue =
        SqliteJobQueue.open(
            folder,
            QueueSettings.DEFAULT,
            InstantSource.offset(InstantSource.system(), Duration.ofHours(1)));
    assertThat(numbers(queue.receive(10, Duration.ZERO))).containsExactly(1, 2);
  }

  @Test
  void closingFinishesTheBatchInHand() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (Pump pump =
        start(
            queue,
            2,
            batch -> {
              begun.countDown();
              try {
                assertThat(goOn.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
              } catch (InterruptedException e) {
                throw new IllegalStateException("interrupted in the middle of a job", e);
              }
              return finish(batch);
            },
            log)) {
      queue.send(List.of(job("main", 1)));
      assertThat(begun.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
      CompletableFuture<Boolean> closed = CompletableFuture.supplyAsync(() -> pump.close(SOON));
      queue.send(List.of(job("main", 2)));
      goOn.countDown();
      assertThat(closed.get()).isTrue();
    }
    assertThat(done).containsExactly(1);
    assertThat(numbers(queue.receive(10, Duration.ZERO))).containsExactly(2);
  }

  @Test
  void closingGivesUpOnABatchThatDoesNotEnd() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Pump pump =
        start(
            queue,
            1,
            batch -> {
              begun.countDown();
              try {
                goOn.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return finish(batch);
            },
            log);
    queue.send(List.of(job("main", 1)));
    assertThat(begun.await(SOON.toSeconds(), TimeUnit.SECONDS)).isTrue();
    assertThat(pump.close(Duration.ofMillis(50))).isFalse();
    goOn.countDown();
    assertThat(pump.close(SOON)).isTrue();
  }

  @Test
  void aBatchStaysHiddenWhileItIsWorkedOn() throws Exception {
    queue.close();
    queue =
        SqliteJobQueue.open(
            folder,
            new QueueSettings(Duration.ofSeconds(2), Duration.ofMinutes(5), 5, Duration.ofDays(14)),
            now::get);
    Faulty beating = new Faulty(queue);
    CountDownLatch goOn = new CountDownLatch(1);
    try (Pump pump =
        Pump.start(
            beating,
            2,
            lanes(2),
            batch -> {
              done.addAll(numbers(batch));
              try {
                goOn.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              return List.of();
            },
            log,
            Duration.ofMillis(200))) {
      queue.send(List.of(job("main", 1)));
      Await.until(SOON, () -> done.contains(1));
      for (int second = 0; second < 4; second++) {
        now.updateAndGet(before -> before.plusSeconds(1));
        assertThat(queue.receive(10, Duration.ZERO)).isEmpty();
        // The first of them may have looked at the clock before.
        int beats = beating.extended.get();
        Await.until(SOON, () -> beating.extended.get() >= beats + 2);
      }
      goOn.countDown();
      assertThat(pump.close(SOON)).isTrue();
    }
    assertThat(done).containsExactly(1);
    assertNothingIsLeft();
  }

  @Test
  void aQueueThatIsUnavailableIsToldOnceAndTriedAgain() throws Exception {
    Faulty faulty = new Faulty(queue);
    faulty.available = false;
    try (Pump pump = start(faulty, 2, this::finish, log)) {
      queue.send(List.of(job("main", 1)));
      // Both workers have failed, and one of them again.
      Await.until(SOON, () -> faulty.failed.get() >= 3);
      assertThat(logged().split("\"queue-unavailable\"", -1)).hasSize(2);
      assertThat(logged()).doesNotContain("queue-available");

      faulty.available = true;
      Await.until(SOON, () -> done.contains(1));
      assertThat(pump.close(SOON)).isTrue();
    }
    assertThat(logged()).contains("queue-available");
  }

  /** A queue that can be out of reach for a while, and counts. */
  private static final class Faulty implements JobQueue {
    private final JobQueue queue;
    private final AtomicInteger failed = new AtomicInteger();
    private final AtomicInteger extended = new AtomicInteger();
    private volatile boolean available = true;

    Faulty(JobQueue queue) {
      this.queue = queue;
    }

    @Override
    public Set<String> send(List<Job> jobs) throws QueueUnavailableException {
      return queue.send(jobs);
    }

    @Override
    public List<Message> receive(int max, Duration wait) throws QueueUnavailableException {
      if (!available) {
        failed.incrementAndGet();
        throw new QueueUnavailableException("no network");
      }
      return queue.receive(max, wait);
    }

    @Override
    public void delete(Message message) throws QueueUnavailableException {
      queue.delete(message);
    }

    @Override
    public void retryAfter(Message message, Duration delay) throws QueueUnavailableException {
      queue.retryAfter(message, delay);
    }

    @Override
    public void extend(Message message, Duration duration) throws QueueUnavailableException {
      queue.extend(message, duration);
      extended.incrementAndGet();
    }

    @Override
    public void setAside(Message letter) throws QueueUnavailableException {
      queue.setAside(letter);
    }

    @Override
    public int maxReceiveCount() throws QueueUnavailableException {
      return queue.maxReceiveCount();
    }

    @Override
    public JobQueue deadLetters() throws QueueUnavailableException {
      return queue.deadLetters();
    }

    @Override
    public void close() {}
  }
}
