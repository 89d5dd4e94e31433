package dev.flakerelay.local.sqlite;

import static dev.flakerelay.queue.Jobs.job;
import static dev.flakerelay.queue.Jobs.number;
import static dev.flakerelay.queue.Jobs.numbers;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.Jobs;
import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.queue.Turns;
import dev.flakerelay.support.Await;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the embedded queue promises beyond the contract. */
@Tag("slow")
class SqliteJobQueueTest {
  private static final Duration NONE = Duration.ZERO;
  private static final Duration LONG = Duration.ofSeconds(20);

  @TempDir private Path folder;

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-31T12:00:00Z"));

  private SqliteJobQueue open() throws QueueUnavailableException {
    return SqliteJobQueue.open(folder, QueueSettings.DEFAULT, now::get);
  }

  private void pass(Duration time) {
    now.updateAndGet(moment -> moment.plus(time));
  }

  /** One source's retries held up the others' jobs for the same branch. */
  @Test
  void whatWaitsForARetryHoldsUpItsOwnRouteOnly(@TempDir Path own) throws Exception {
    try (SqliteJobQueue queue = SqliteJobQueue.open(own)) {
      queue.send(List.of(job("bad", "main", 1), job("good", "main", 2), job("bad", "main", 3)));
      Turns onlyBad =
          (waiting, _) ->
              waiting.stream().filter(each -> Jobs.read(each).route().equals("bad")).toList();
      List<Message> bad = queue.receive(10, Duration.ZERO, onlyBad);
      assertThat(numbers(bad)).containsExactly(1, 3);
      assertThat(queue.othersWaitBehind(bad.getFirst())).isTrue();
      assertThat(queue.receive(10, Duration.ZERO)).isEmpty();
      queue.retryAfter(bad.getFirst(), Duration.ofHours(1));
      queue.putBack(bad.getLast(), Duration.ZERO);

      List<Message> good = queue.receive(10, Duration.ZERO);
      assertThat(numbers(good)).containsExactly(2);
      assertThat(queue.othersWaitBehind(good.getFirst())).isTrue();
      queue.delete(good.getFirst());
      assertThat(queue.receive(10, Duration.ZERO)).isEmpty();
    }
  }

  @Test
  void whatIsPutBackUntriedWasNotReceived(@TempDir Path own) throws Exception {
    try (SqliteJobQueue queue = SqliteJobQueue.open(own)) {
      queue.send(List.of(job("main", 1)));
      for (int i = 0; i < 20; i++) {
        Message message = queue.receive(10, Duration.ZERO).getFirst();
        assertThat(message.receiveCount()).isEqualTo(1);
        queue.putBack(message, Duration.ZERO);
      }
    }
  }

  /** However many wait of one route and branch, those of others are seen. */
  @Test
  void noNumberOfJobsHidesOthers(@TempDir Path own) throws Exception {
    try (SqliteJobQueue queue = SqliteJobQueue.open(own)) {
      queue.send(IntStream.range(0, 500).mapToObj(n -> job("bad", "main", n)).toList());
      queue.send(List.of(job("good", "main", 501), job("good", "other", 502)));
      assertThat(numbers(queue.waiting())).contains(0, 1, 501, 502).hasSizeLessThan(100);
    }
  }

  @Test
  void whatWasAcknowledgedSurvivesKill9() throws Exception {
    Set<Integer> acknowledged = new HashSet<>();
    int next = 0;
    for (int round = 0; round < 3; round++) {
      Process process = start(folder, next);
      try (BufferedReader lines = process.inputReader()) {
        for (int line = 0; line < 40 + 13 * round; line++) {
          acknowledged.add(Integer.parseInt(lines.readLine()));
        }
        // Not by the process itself, which would close its output and lose what is still in it.
        process.toHandle().destroyForcibly();
        // What it said before it died counts as well; a half line was not said.
        lines
            .lines()
            .filter(line -> line.matches("\\d+"))
            .forEach(line -> acknowledged.add(Integer.parseInt(line)));
      }
      process.waitFor();
      next = 10_000 * (round + 1);
    }
    Set<Integer> found = new HashSet<>();
    try (SqliteJobQueue queue = SqliteJobQueue.open(folder)) {
      for (List<Message> batch = queue.receive(10, NONE);
          !batch.isEmpty();
          batch = queue.receive(10, NONE)) {
        assertThat(numbers(batch)).isSorted();
        for (Message message : batch) {
          found.add(number(message));
          queue.delete(message);
        }
      }
    }
    assertThat(found).containsAll(acknowledged);
  }

  private static Process start(Path data, int first, String... options) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    command.add("--enable-native-access=ALL-UNNAMED");
    command.addAll(List.of(options));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(SendsUntilKilled.class.getName());
    command.addAll(List.of(data.toString(), Integer.toString(first)));
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  @Test
  void anotherProcessIsToldWhichFolderIsInUse() throws Exception {
    Process process = start(folder, 0);
    try (BufferedReader lines = process.inputReader()) {
      assertThat(lines.readLine()).isEqualTo("0");
      assertThatThrownBy(this::open)
          .isInstanceOf(QueueUnavailableException.class)
          .hasMessageContaining(folder.toString())
          .hasMessageContaining("in use");
    } finally {
      process.destroyForcibly().waitFor();
    }
    open().close();
  }

  @Test
  void theSameProcessCannotOpenItTwiceEither() throws Exception {
    try (SqliteJobQueue queue = open()) {
      assertThatThrownBy(this::open).hasMessageContaining("in use");
      queue.send(List.of(job("main", 1)));
    }
    open().close();
  }

  @Test
  void whatWasInHandComesAgainAtOnceAndTheReceiptCounts() throws Exception {
    try (SqliteJobQueue queue = open()) {
      queue.send(List.of(job("main", 1)));
      Message message = queue.receive(10, NONE).getFirst();
      queue.extend(message, Duration.ofHours(1));
    }
    try (SqliteJobQueue queue = open()) {
      assertThat(queue.receive(10, NONE)).extracting(Message::receiveCount).containsExactly(2);
    }
  }

  @Test
  void whatWaitsForItsRetryGoesOnWaitingAfterARestart() throws Exception {
    try (SqliteJobQueue queue = open()) {
      queue.send(List.of(job("main", 1)));
      queue.retryAfter(queue.receive(10, NONE).getFirst(), Duration.ofMinutes(10));
    }
    try (SqliteJobQueue queue = open()) {
      assertThat(queue.receive(10, NONE)).isEmpty();
      pass(Duration.ofMinutes(10));
      assertThat(numbers(queue.receive(10, NONE))).containsExactly(1);
    }
  }

  /** Machines start with a wrong time, and are told the right one: the group stood still. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aClockThatIsPutBackHoldsUpNothing(boolean restarted) throws Exception {
    SqliteJobQueue queue = open();
    try {
      queue.send(List.of(job("main", 1)));
      queue.retryAfter(queue.receive(10, NONE).getFirst(), Duration.ofSeconds(5));
      queue.deadLetters().send(List.of(job("main", 3)));
      pass(Duration.ofHours(-2));
      if (restarted) {
        queue.close();
        queue = open();
      }
      assertThat(queue.receive(10, NONE)).isEmpty();
      pass(Duration.ofSeconds(5));
      List<Message> retried = queue.receive(10, NONE);
      assertThat(numbers(retried)).containsExactly(1);
      queue.delete(retried.getFirst());
      assertThat(queue.deadLetters().receive(10, NONE).getFirst().sentAt())
          .isBeforeOrEqualTo(now.get());

      pass(Duration.ofMinutes(5));
      queue.send(List.of(job("other", 1)));
      pass(Duration.ofHours(-2));
      assertThat(numbers(queue.receive(10, NONE))).containsExactly(1);
      pass(Duration.ofMinutes(5));
      queue.send(List.of(job("other", 1)));
      assertThat(numbers(queue.receive(10, NONE))).containsExactly(1, 1);
    } finally {
      queue.close();
    }
  }

  @Test
  void theSameIsTakenAgainAfterFiveMinutesAndNotBeforeARestartOrNot() throws Exception {
    try (SqliteJobQueue queue = open()) {
      queue.send(List.of(job("main", 1)));
      queue.delete(queue.receive(10, NONE).getFirst());
      pass(Duration.ofMinutes(4));
    }
    try (SqliteJobQueue queue = open()) {
      queue.send(List.of(job("main", 1)));
      assertThat(queue.receive(10, NONE)).isEmpty();
      pass(Duration.ofMinutes(1));
      queue.send(List.of(job("main", 1)));
      assertThat(numbers(queue.receive(10, NONE))).containsExactly(1);
    }
  }

  @Test
  void whatTakesTheProcessDownForTheLastTimeIsADeadLetterAndIsTold() throws Exception {
    QueueSettings twice =
        new QueueSettings(Duration.ofMinutes(5), Duration.ofMinutes(5), 2, Duration.ofDays(14));
    try (SqliteJobQueue queue = SqliteJobQueue.open(folder, twice, now::get)) {
      queue.send(List.of(job("main", 1), job("other", 2)));
      assertThat(numbers(queue.receive(10, NONE))).containsExactly(1);
    }
    try (SqliteJobQueue queue = SqliteJobQueue.open(folder, twice, now::get)) {
      assertThat(queue.diedInHand()).isEmpty();
      assertThat(numbers(queue.receive(10, NONE))).containsExactly(1);
    }
    try (SqliteJobQueue queue = SqliteJobQueue.open(folder, twice, now::get)) {
      assertThat(numbers(queue.diedInHand())).containsExactly(1);
      assertThat(numbers(queue.receive(10, NONE))).containsExactly(2);
      assertThat(numbers(queue.deadLetters().receive(10, NONE))).containsExactly(1);
    }
  }

  @Test
  void deadLettersAreKeptForFourteenDaysInOrder() throws Exception {
    try (SqliteJobQueue queue =
        SqliteJobQueue.open(
            folder,
            new QueueSettings(Duration.ofMinutes(5), Duration.ofMinutes(5), 1, Duration.ofDays(14)),
            now::get)) {
      queue.send(IntStream.range(0, 12).mapToObj(n -> job("main", n)).toList());
      for (List<Message> batch = queue.receive(10, NONE);
          !batch.isEmpty();
          batch = queue.receive(10, NONE)) {
        pass(Duration.ofMinutes(5));
      }
      JobQueue dead = queue.deadLetters();
      pass(Duration.ofDays(13));
      List<Message> letters = new ArrayList<>(dead.receive(10, NONE));
      letters.addAll(dead.receive(10, NONE));
      assertThat(numbers(letters))
          .containsExactlyElementsOf(IntStream.range(0, 12).boxed().toList());
      pass(Duration.ofDays(1));
      assertThat(dead.receive(10, NONE)).isEmpty();
    }
  }

  @Test
  void aReceiverIsWokenByASend() throws Exception {
    try (SqliteJobQueue queue = SqliteJobQueue.open(folder)) {
      Duration wait = Duration.ofMinutes(5);
      long start = System.nanoTime();
      CompletableFuture<List<Message>> received = receiveInAThread(queue, wait);
      queue.send(List.of(job("main", 1)));
      assertThat(numbers(received.get())).containsExactly(1);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(wait);
    }
  }

  @Test
  void aReceiverIsWokenWhenItsGroupIsFreeAgain() throws Exception {
    try (SqliteJobQueue queue = SqliteJobQueue.open(folder)) {
      queue.send(List.of(job("main", 1), job("main", 2)));
      Message first = queue.receive(1, NONE).getFirst();
      CompletableFuture<List<Message>> received = receiveInAThread(queue, Duration.ofMinutes(5));
      queue.delete(first);
      assertThat(numbers(received.get())).containsExactly(2);
    }
  }

  private static CompletableFuture<List<Message>> receiveInAThread(
      SqliteJobQueue queue, Duration wait) {
    CompletableFuture<List<Message>> received = new CompletableFuture<>();
    Thread thread =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    received.complete(queue.receive(10, wait));
                  } catch (QueueUnavailableException e) {
                    received.completeExceptionally(e);
                  }
                });
    Await.until(LONG, () -> thread.getState() == Thread.State.TIMED_WAITING);
    return received;
  }

  @Test
  void aReceiverFindsWhatAVisitorQueued() throws Exception {
    try (SqliteJobQueue queue = SqliteJobQueue.open(folder);
        SqliteJobQueue visitor = SqliteJobQueue.visit(folder)) {
      CompletableFuture<List<Message>> received = receiveInAThread(queue, Duration.ofMinutes(5));
      visitor.send(List.of(job("main", 1)));
      assertThat(received).succeedsWithin(LONG);
      assertThat(numbers(received.get())).containsExactly(1);
    }
  }

  @Test
  void aVisitorLeavesInHandWhatIsInHand() throws Exception {
    try (SqliteJobQueue queue = SqliteJobQueue.open(folder)) {
      queue.send(List.of(job("main", 1)));
      Message inHand = queue.receive(10, NONE).getFirst();
      try (SqliteJobQueue visitor = SqliteJobQueue.visit(folder)) {
        assertThat(visitor.receive(10, NONE)).isEmpty();
        assertThatThrownBy(() -> SqliteJobQueue.visit(folder)).hasMessageContaining("in use");
      }
      assertThat(queue.receive(10, NONE)).isEmpty();
      queue.delete(inHand);
    }
  }

  @Test
  void aVisitorMakesNoQueue() {
    assertThatThrownBy(() -> SqliteJobQueue.visit(folder))
        .isInstanceOf(QueueUnavailableException.class)
        .hasMessageContaining("no queue in " + folder);
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void closingEndsAWaitingReceiver() throws Exception {
    SqliteJobQueue queue = SqliteJobQueue.open(folder);
    CompletableFuture<List<Message>> received = receiveInAThread(queue, Duration.ofMinutes(5));
    queue.close();
    assertThat(received).failsWithin(LONG).withThrowableThat().withMessageContaining("closed");
  }

  @Test
  void aFullDiskTakesNothingAndLosesNothing() throws Exception {
    try (SqliteJobQueue queue = SqliteJobQueue.open(folder, QueueSettings.DEFAULT, now::get, 40)) {
      queue.send(List.of(job("main", 1)));
      assertThatThrownBy(
              () -> queue.send(IntStream.range(2, 500).mapToObj(n -> job("main", n)).toList()))
          .isInstanceOf(QueueUnavailableException.class)
          .hasMessageContaining("full");
      // There is room for one. Not even the deduplication of what was refused is left.
      queue.send(List.of(job("main", 2)));
      assertThat(numbers(queue.receive(10, NONE))).containsExactly(1, 2);
    }
  }

  @Test
  void aReceiptIsOverWhenTheMessageIsReceivedAgain() throws Exception {
    try (SqliteJobQueue queue = open()) {
      queue.send(List.of(job("main", 1)));
      Message first = queue.receive(10, NONE).getFirst();
      pass(Duration.ofMinutes(5));
      Message second = queue.receive(10, NONE).getFirst();
      assertThatThrownBy(() -> queue.delete(first)).hasMessageContaining("received again");
      assertThatThrownBy(() -> queue.retryAfter(first, NONE)).hasMessageContaining("again");
      queue.delete(second);
      queue.delete(second);
      assertThat(queue.receive(10, NONE)).isEmpty();
    }
  }

  @Test
  void aFileThatIsNoDatabaseIsNamed() throws Exception {
    Path file = folder.resolve("queue.db");
    Files.writeString(file, "This is a letter and not a database.\n".repeat(500));
    assertThatThrownBy(this::open)
        .isInstanceOf(QueueUnavailableException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("not a database")
        .hasMessageContaining("move it away");
    Files.delete(file);
    open().close();
  }

  @Test
  void aDamagedDatabaseIsNoticedWhenItIsOpened() throws Exception {
    try (SqliteJobQueue queue = open()) {
      queue.send(IntStream.range(0, 300).mapToObj(n -> job("main", n)).toList());
    }
    Path file = folder.resolve("queue.db");
    byte[] bytes = Files.readAllBytes(file);
    Arrays.fill(bytes, 4096, 5 * 4096, (byte) 0xa5);
    Files.write(file, bytes);
    assertThatThrownBy(this::open).hasMessageContaining("damaged");
  }

  @Test
  void aFolderThatCannotBeMadeIsNamed() throws Exception {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThatThrownBy(() -> SqliteJobQueue.open(file.resolve("data")))
        .isInstanceOf(QueueUnavailableException.class)
        .hasMessageContaining(file.resolve("data").toString());
  }

  @Test
  void nothingIsLeftInTheTemporaryFolder() throws Exception {
    Path temporary = Files.createDirectory(folder.resolve("tmp"));
    Process process = start(folder.resolve("data"), 0, "-Djava.io.tmpdir=" + temporary);
    try (BufferedReader lines = process.inputReader()) {
      assertThat(lines.readLine()).isEqualTo("0");
    } finally {
      process.destroyForcibly().waitFor();
    }
    try (Stream<Path> left = Files.list(temporary);
        Stream<Path> unpacked = Files.list(folder.resolve("data").resolve("native"))) {
      assertThat(left).isEmpty();
      assertThat(unpacked).isEmpty();
    }
  }
}
