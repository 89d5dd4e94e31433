package dev.flakerelay.local.sqlite;

import static dev.flakerelay.queue.Jobs.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.QueueUnavailableException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which repeated deliveries count, and which are somebody's recording. */
class TakenBodiesTest {
  private static final Job OLD = job("main", 1);
  private static final Job NEW = job("main", 2);
  private static final String OLD_BODY = "a".repeat(64);
  private static final String NEW_BODY = "b".repeat(64);

  private final AtomicReference<Instant> now =
      new AtomicReference<>(Instant.parse("2026-01-31T12:00:00Z"));

  private final Path folder;
  private SqliteJobQueue queue;

  TakenBodiesTest(@TempDir Path folder) throws QueueUnavailableException {
    this.folder = folder;
    queue = SqliteJobQueue.open(folder, QueueSettings.DEFAULT, now::get);
  }

  @AfterEach
  void close() {
    queue.close();
  }

  @Test
  void aRecordedBodyDoesNotCountAgainHoweverLongAgoItsJobIsDone() throws Exception {
    assertThat(isTaken(OLD, OLD_BODY)).isTrue();
    pass(Duration.ofDays(13));
    assertThat(isTaken(NEW, NEW_BODY)).isTrue();
    assertThat(isTaken(OLD, OLD_BODY)).isFalse();
    assertThat(isTaken(NEW, NEW_BODY)).isFalse();
  }

  @Test
  void whoMeansItSendsAnotherBody() throws Exception {
    isTaken(OLD, OLD_BODY);
    isTaken(NEW, NEW_BODY);
    pass(Duration.ofMinutes(5));
    assertThat(isTaken(OLD, "c".repeat(64))).isTrue();
  }

  @Test
  void itIsRememberedWhenTheProcessHasEnded() throws Exception {
    isTaken(OLD, OLD_BODY);
    pass(Duration.ofHours(1));
    queue.close();
    queue = SqliteJobQueue.open(folder, QueueSettings.DEFAULT, now::get);
    assertThat(isTaken(OLD, OLD_BODY)).isFalse();
  }

  @Test
  void aJobThatWasRejectedOrFailedMayBeDeliveredAgain() throws Exception {
    isTaken(OLD, OLD_BODY);
    queue.forget(OLD);
    assertThat(isTaken(OLD, OLD_BODY)).isTrue();
    assertThat(isTaken(OLD, OLD_BODY)).isFalse();
  }

  @Test
  void aRejectedOneIsNoWayBackOnceANewerDeliveryWasTaken() throws Exception {
    isTaken(OLD, OLD_BODY);
    queue.forget(OLD);
    isTaken(NEW, NEW_BODY);
    assertThat(isTaken(OLD, OLD_BODY)).isFalse();
  }

  @Test
  void norOnceReconciliationHasQueuedANewerOne() throws Exception {
    isTaken(OLD, OLD_BODY);
    queue.forget(OLD);
    queue.send(List.of(NEW));
    assertThat(isTaken(OLD, OLD_BODY)).isFalse();
  }

  @Test
  void whatWasSwallowedAsTheSameJobIsRememberedToo() throws Exception {
    isTaken(OLD, OLD_BODY);
    assertThat(isTaken(OLD, NEW_BODY)).isFalse();
    pass(Duration.ofMinutes(6));
    isTaken(NEW, "c".repeat(64));
    assertThat(isTaken(OLD, NEW_BODY)).isFalse();
  }

  @Test
  void aTargetThatWasAddedToTheRouteIsReachedByDeliveringAgain() throws Exception {
    isTaken(OLD, OLD_BODY);
    assertThat(isTaken(job("added", 1), OLD_BODY)).isTrue();
  }

  @Test
  void butNotPastANewerOneOfThatTarget() throws Exception {
    isTaken(OLD, OLD_BODY);
    isTaken(job("added", 2), NEW_BODY);
    assertThat(isTaken(job("added", 1), OLD_BODY)).isFalse();
  }

  @Test
  void otherTargetsOfTheSameDeliveryGoTheirOwnWay() throws Exception {
    Job other = job("other", 1);
    queue.send(List.of(OLD, other), OLD_BODY);
    queue.forget(other);
    assertThat(queue.send(List.of(OLD, other), OLD_BODY)).containsExactly(OLD.id());
  }

  @Test
  void whatTheQueueDidNotTakeIsNotRemembered(@TempDir Path small) throws Exception {
    try (SqliteJobQueue full = SqliteJobQueue.open(small, QueueSettings.DEFAULT, now::get, 45)) {
      List<Job> many = IntStream.range(0, 500).mapToObj(n -> job("branch-" + n, 1)).toList();
      assertThatThrownBy(() -> full.send(many, OLD_BODY))
          .isInstanceOf(QueueUnavailableException.class);
      assertThat(full.send(List.of(many.getFirst()), OLD_BODY)).isEmpty();
    }
  }

  @Test
  void afterFourteenDaysItIsForgotten() throws Exception {
    isTaken(OLD, OLD_BODY);
    pass(Duration.ofDays(15));
    assertThat(isTaken(OLD, OLD_BODY)).isTrue();
  }

  private boolean isTaken(Job job, String body) throws QueueUnavailableException {
    return queue.send(List.of(job), body).isEmpty();
  }

  private void pass(Duration time) {
    now.updateAndGet(moment -> moment.plus(time));
  }
}
