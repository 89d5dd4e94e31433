package dev.flakerelay.queue;

import static dev.flakerelay.queue.Jobs.branch;
import static dev.flakerelay.queue.Jobs.job;
import static dev.flakerelay.queue.Jobs.number;
import static dev.flakerelay.queue.Jobs.numbers;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What every queue does, whether it puts several groups into one batch, as SQS may, or not.
 *
 * <p>"Nothing comes" is asked with a short wait, "something comes" with a long one: a slow machine
 * can make a test pass that should fail, never the reverse.
 */
public abstract class JobQueueContract {
  private static final Duration NONE = Duration.ZERO;
  private static final Duration LONG = Duration.ofSeconds(20);
  private static final Duration HIDDEN = Duration.ofMinutes(5);

  /** A new queue with a dead-letter queue, both empty; the subclass closes it. */
  protected abstract JobQueue queue(Duration visibilityTimeout, int maxReceiveCount)
      throws Exception;

  /** Queues any text. */
  protected abstract void put(JobQueue queue, String group, String body) throws Exception;

  @Test
  public void aJobComesBackAsItWasSent() throws Exception {
    JobQueue queue = queue(HIDDEN, 5);
    Instant before = Instant.now();
    queue.send(List.of(job("main", 1)));
    Message message = queue.receive(10, LONG).getFirst();
    assertThat(JobJson.read(message.body())).isEqualTo(job("main", 1));
    assertThat(message.group()).isEqualTo(job("main", 1).group());
    assertThat(message.receiveCount()).isEqualTo(1);
    assertThat(message.sentAt()).isBetween(before.minusSeconds(1), Instant.now().plusSeconds(1));
  }

  @Test
  public void anEmptyQueueGivesNothing() throws Exception {
    assertThat(queue(HIDDEN, 5).receive(10, NONE)).isEmpty();
  }

  @Test
  public void moreJobsThanFitOneBatchKeepTheirOrder() throws Exception {
    JobQueue queue = queue(HIDDEN, 5);
    queue.send(IntStream.range(0, 25).mapToObj(n -> job("main", n)).toList());
    assertThat(drain(queue)).containsExactlyElementsOf(IntStream.range(0, 25).boxed().toList());
  }

  @Test
  public void aGroupIsLockedUntilWhatIsInHandIsDone() throws Exception {
    JobQueue queue = queue(HIDDEN, 5);
    queue.send(List.of(job("main", 1), job("main", 2), job("other", 3)));
    Message first = receiveOf("main", queue, 1).getFirst();
    assertThat(number(first)).isEqualTo(1);
    assertThat(numbers(queue.receive(10, Duration.ofSeconds(1)))).doesNotContain(2);
    queue.delete(first);
    assertThat(number(receiveOf("main", queue, 10).getFirst())).isEqualTo(2);
  }

  @Test
  public void severalGroupsAreInHandAtATime() throws Exception {
    JobQueue queue = queue(HIDDEN, 5);
    queue.send(List.of(job("a", 1), job("b", 2), job("c", 3), job("a", 4), job("b", 5)));
    List<Message> inHand = new ArrayList<>();
    for (List<Message> batch = queue.receive(10, LONG);
        !batch.isEmpty();
        batch = queue.receive(10, NONE)) {
      inHand.addAll(batch);
    }
    assertThat(numbers(of("a", inHand))).containsExactly(1, 4);
    assertThat(numbers(of("b", inHand))).containsExactly(2, 5);
    assertThat(numbers(of("c", inHand))).containsExactly(3);

    // A fails as a whole, B from its second message on, C is done: only that comes again.
    for (Message message : inHand) {
      if (branch(message).equals("a") || number(message) == 5) {
        queue.retryAfter(message, NONE);
      } else {
        queue.delete(message);
      }
    }
    assertThat(drain(queue)).containsExactlyInAnyOrder(1, 4, 5).containsSubsequence(1, 4);
  }

  @Test
  public void theSameIsTakenOnceWithinFiveMinutesAlsoAfterItWasDeleted() throws Exception {
    JobQueue queue = queue(HIDDEN, 5);
    queue.send(List.of(job("main", 1), job("main", 1)));
    queue.send(List.of(job("main", 1)));
    assertThat(drain(queue)).containsExactly(1);
    queue.send(List.of(job("main", 1), job("main", 2)));
    assertThat(drain(queue)).containsExactly(2);
  }

  @Test
  public void itSaysWhatWasQueuedAlready() throws Exception {
    JobQueue queue = queue(HIDDEN, 5);
    assertThat(queue.send(List.of(job("main", 1), job("main", 2)))).isEmpty();
    assertThat(queue.send(List.of(job("main", 2), job("main", 3))))
        .containsExactly(job("main", 2).id());
    assertThat(queue.send(List.of(job("main", 2)), "a body")).containsExactly(job("main", 2).id());
    assertThat(queue.send(List.of(job("main", 1).nextAttempt()))).isEmpty();
    assertThat(drain(queue)).containsExactly(1, 2, 3, 1);
  }

  @Test
  public void anotherAttemptIsNotTheSame() throws Exception {
    JobQueue queue = queue(HIDDEN, 5);
    queue.send(List.of(job("main", 1)));
    assertThat(drain(queue)).containsExactly(1);
    queue.send(List.of(job("main", 1).nextAttempt()));
    assertThat(drain(queue)).containsExactly(1);
  }

  @Test
  public void whatIsNotDeletedComesAgainAfterTheVisibilityTimeout() throws Exception {
    JobQueue queue = queue(Duration.ofSeconds(2), 5);
    queue.send(List.of(job("main", 1)));
    long start = System.nanoTime();
    assertThat(queue.receive(10, LONG).getFirst().receiveCount()).isEqualTo(1);
    Message again = queue.receive(10, LONG).getFirst();
    assertThat(again.receiveCount()).isEqualTo(2);
    assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofSeconds(1));
  }

  @Test
  public void aRetryComesAfterItsOwnDelay() throws Exception {
    JobQueue queue = queue(HIDDEN, 5);
    queue.send(List.of(job("main", 1), job("main", 2)));
    List<Message> both = queue.receive(10, LONG);
    for (Message message : both) {
      queue.retryAfter(message, NONE);
    }
    List<Message> again = queue.receive(10, LONG);
    assertThat(numbers(again)).containsExactly(1, 2);
    assertThat(again.getFirst().receiveCount()).isEqualTo(2);
    queue.retryAfter(again.getFirst(), Duration.ofHours(1));
    queue.delete(again.getLast());
    queue.send(List.of(job("main", 3)));
    assertThat(queue.receive(10, Duration.ofSeconds(1))).isEmpty();
  }

  @Test
  public void whatIsExtendedStaysHiddenBeyondTheVisibilityTimeout() throws Exception {
    JobQueue queue = queue(Duration.ofSeconds(2), 5);
    queue.send(List.of(job("main", 1)));
    Message message = queue.receive(10, LONG).getFirst();
    queue.extend(message, HIDDEN);
    assertThat(queue.receive(10, Duration.ofSeconds(3))).isEmpty();
    queue.delete(message);
  }

  @Test
  public void whatFailsTooOftenBecomesADeadLetterAndTheGroupGoesOn() throws Exception {
    JobQueue queue = queue(HIDDEN, 2);
    assertThat(queue.maxReceiveCount()).isEqualTo(2);
    queue.send(List.of(job("main", 1), job("main", 2)));
    fail(queue, 2);
    queue.send(List.of(job("main", 3)));
    assertThat(drain(queue)).containsExactly(3);
    assertThat(drain(queue.deadLetters())).containsExactly(1, 2);
  }

  @Test
  public void aDeadLetterIsStillKnownToDeduplication() throws Exception {
    JobQueue queue = queue(HIDDEN, 1);
    queue.send(List.of(job("main", 1)));
    fail(queue, 1);
    assertThat(queue.receive(10, NONE)).isEmpty();
    queue.send(List.of(job("main", 1), job("main", 2)));
    assertThat(drain(queue)).containsExactly(2);
    assertThat(drain(queue.deadLetters())).containsExactly(1);
  }

  @Test
  public void receiversSideBySideSeeNoMessageTwiceAndKeepEachGroupsOrder() throws Exception {
    JobQueue queue = queue(HIDDEN, 5);
    int groups = 6;
    int each = 15;
    for (int n = 0; n < each; n++) {
      List<Job> round = new ArrayList<>();
      for (int group = 0; group < groups; group++) {
        round.add(job("branch-" + group, n));
      }
      queue.send(round);
    }
    Map<String, List<Integer>> done = new ConcurrentHashMap<>();
    Map<String, Integer> owners = new ConcurrentHashMap<>();
    Set<String> overlaps = ConcurrentHashMap.newKeySet();
    AtomicInteger left = new AtomicInteger(groups * each);
    try (ExecutorService receivers = Executors.newFixedThreadPool(4)) {
      List<Future<?>> ends = new ArrayList<>();
      for (int receiver = 0; receiver < 4; receiver++) {
        int me = receiver;
        ends.add(
            receivers.submit(
                () -> {
                  while (left.get() > 0) {
                    List<Message> batch = queue.receive(10, Duration.ofSeconds(1));
                    for (Message message : batch) {
                      if (owners.getOrDefault(branch(message), me) != me) {
                        overlaps.add(branch(message));
                      }
                      owners.put(branch(message), me);
                    }
                    for (Message message : batch) {
                      done.computeIfAbsent(branch(message), key -> new ArrayList<>())
                          .add(number(message));
                    }
                    batch.forEach(message -> owners.remove(branch(message)));
                    for (Message message : batch) {
                      queue.delete(message);
                      left.decrementAndGet();
                    }
                  }
                  return null;
                }));
      }
      for (Future<?> end : ends) {
        end.get();
      }
    }
    assertThat(overlaps).isEmpty();
    assertThat(done).hasSize(groups);
    assertThat(done.values())
        .allSatisfy(
            numbers ->
                assertThat(numbers)
                    .containsExactlyElementsOf(IntStream.range(0, each).boxed().toList()));
  }

  @Test
  public void dueDeadLettersArePutBackAsTheNextAttempt() throws Exception {
    JobQueue queue = queue(HIDDEN, 1);
    queue.send(List.of(job("main", 1), job("other", 2)));
    fail(queue, 1);
    assertThat(queue.receive(10, NONE)).isEmpty();

    assertThat(redrive(queue, NONE).run())
        .extracting(DeadLetter::fate)
        .containsExactly(DeadLetter.Fate.WAITING, DeadLetter.Fate.WAITING);
    assertThat(redrive(queue, Duration.ofMinutes(6)).run())
        .extracting(DeadLetter::fate)
        .containsExactly(DeadLetter.Fate.SENT, DeadLetter.Fate.SENT);

    List<Message> back = new ArrayList<>(queue.receive(10, LONG));
    back.addAll(queue.receive(10, NONE));
    assertThat(back)
        .extracting(message -> JobJson.read(message.body()))
        .containsExactlyInAnyOrder(job("main", 1).nextAttempt(), job("other", 2).nextAttempt());
    assertThat(queue.deadLetters().receive(10, NONE)).isEmpty();
  }

  @Test
  public void deadLettersThatStayCanStillBeReadAndForced() throws Exception {
    JobQueue queue = queue(HIDDEN, 1);
    Job exhausted = job("main", 1).nextAttempt().nextAttempt().nextAttempt().nextAttempt();
    put(queue, "garbage", "not a job");
    queue.send(List.of(exhausted, job("other", 2)));
    for (int round = 0; round < 2; round++) {
      fail(queue, 1);
    }
    Redrive redrive = redrive(queue, NONE);
    for (boolean firstTime : List.of(true, false, false)) {
      List<DeadLetter> letters = redrive.run();
      assertThat(letters)
          .extracting(DeadLetter::fate)
          .containsExactlyInAnyOrder(
              DeadLetter.Fate.UNREADABLE, DeadLetter.Fate.EXHAUSTED, DeadLetter.Fate.WAITING);
      assertThat(letters)
          .extracting(DeadLetter::setAside)
          .containsExactlyInAnyOrder(firstTime, firstTime, false);
    }
    assertThat(redrive.force(job -> job.id().equals(exhausted.id())))
        .filteredOn(letter -> letter.fate() == DeadLetter.Fate.SENT)
        .extracting(letter -> letter.job().orElseThrow())
        .containsExactly(exhausted);
    assertThat(JobJson.read(queue.receive(10, LONG).getFirst().body()))
        .isEqualTo(exhausted.nextAttempt());
    assertThat(redrive.list()).hasSize(2);
  }

  @Test
  public void deadLettersThatHadAllTheirAttemptsBlockNoLaterOne() throws Exception {
    JobQueue queue = queue(HIDDEN, 1);
    Redrive redrive = redrive(queue, Duration.ofMinutes(6));
    List<Job> jobs = new ArrayList<>();
    for (int n = 0; n < 10; n++) {
      jobs.add(job("main", n).nextAttempt().nextAttempt().nextAttempt().nextAttempt());
    }
    queue.send(jobs);
    fail(queue, 1);
    jobs.add(job("main", 10));
    queue.send(List.of(jobs.getLast()));
    fail(queue, 1);

    List<DeadLetter> runs = new ArrayList<>(redrive.run());
    runs.addAll(redrive.run());

    assertThat(runs)
        .filteredOn(DeadLetter::setAside)
        .extracting(letter -> letter.job().orElseThrow())
        .containsExactlyElementsOf(jobs.subList(0, 10));
    assertThat(runs)
        .filteredOn(letter -> letter.fate() == DeadLetter.Fate.SENT)
        .extracting(letter -> letter.job().orElseThrow())
        .containsExactly(jobs.getLast());
    assertThat(redrive.list())
        .extracting(letter -> letter.job().orElseThrow())
        .containsExactlyInAnyOrderElementsOf(jobs.subList(0, 10));
  }

  @Test
  public void twoRedrivesAtOncePutEachLetterBackOnce() throws Exception {
    JobQueue queue = queue(HIDDEN, 1);
    queue.send(IntStream.range(0, 8).mapToObj(n -> job("branch-" + n, n)).toList());
    fail(queue, 1);
    assertThat(queue.receive(10, NONE)).isEmpty();
    Redrive redrive = redrive(queue, Duration.ofMinutes(6));
    try (ExecutorService two = Executors.newFixedThreadPool(2)) {
      for (Future<?> run :
          List.of(two.submit(() -> redrive.run()), two.submit(() -> redrive.run()))) {
        run.get();
      }
    }
    assertThat(drain(queue)).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(queue.deadLetters().receive(10, NONE)).isEmpty();
  }

  private static Redrive redrive(JobQueue queue, Duration later) throws Exception {
    return new Redrive(
        queue, queue.deadLetters(), InstantSource.offset(InstantSource.system(), later));
  }

  /** Receives everything that is visible, and puts it back, this many times. */
  private static void fail(JobQueue queue, int times) throws QueueUnavailableException {
    for (int time = 0; time < times; time++) {
      List<Message> failed = new ArrayList<>();
      for (List<Message> batch = queue.receive(10, NONE);
          !batch.isEmpty();
          batch = queue.receive(10, NONE)) {
        failed.addAll(batch);
      }
      for (Message message : failed) {
        queue.retryAfter(message, NONE);
      }
    }
    // The receive that would be one too many is what moves them.
    assertThat(queue.receive(10, NONE)).isEmpty();
  }

  /**
   * Receives and deletes until nothing comes; the jobs' numbers in the order in which they came.
   */
  private static List<Integer> drain(JobQueue queue) throws QueueUnavailableException {
    List<Integer> numbers = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    for (List<Message> batch = queue.receive(10, Duration.ofSeconds(1));
        !batch.isEmpty();
        batch = queue.receive(10, Duration.ofSeconds(1))) {
      for (Message message : batch) {
        assertThat(ids.add(message.id())).as("a message that was deleted came again").isTrue();
        numbers.add(number(message));
        queue.delete(message);
      }
    }
    return numbers;
  }

  /** Receives until messages of a branch come. */
  private static List<Message> receiveOf(String branch, JobQueue queue, int max)
      throws QueueUnavailableException {
    List<Message> found = List.of();
    while (found.isEmpty()) {
      List<Message> batch = queue.receive(max, LONG);
      assertThat(batch).as("messages of " + branch).isNotEmpty();
      found = of(branch, batch);
    }
    return found;
  }

  private static List<Message> of(String branch, List<Message> messages) {
    return messages.stream().filter(message -> branch(message).equals(branch)).toList();
  }
}
