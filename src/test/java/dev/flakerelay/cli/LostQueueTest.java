package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.GitHttpServer;
import dev.flakerelay.support.Relayed;
import dev.flakerelay.support.TestRepository;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What happens to the queue's file while {@code relay serve} runs. */
@Tag("slow")
@Order(1)
class LostQueueTest {
  private static final Duration SOON = Duration.ofMinutes(3);

  private final Path database;
  private final GitHttpServer git;
  private final Relayed relayed;
  private final ServeProcess serve;
  private int number;

  LostQueueTest(@TempDir Path folder) {
    TestRepository source = Relayed.source(folder);
    git = GitHttpServer.serving(folder);
    relayed = Relayed.withSourceAt(folder, source, git.url("source/.git"));
    RelayProgram program = RelayProgram.in(folder.resolve("relay"));
    database = program.data().resolve("queue/queue.db");
    serve = program.serve(relayed.config(), "--retry-delay", "PT15M");
  }

  @AfterEach
  void stop() {
    serve.close();
    git.close();
  }

  private int post() throws IOException {
    number++;
    Revision revision = new Revision("%040x".formatted(number));
    return serve.post("repository_dispatch", Relayed.dispatch(revision, "1")).statusCode();
  }

  private void isLost(int times, String words) throws IOException {
    assertThat(post()).isEqualTo(503);
    assertThat(serve.health()).isEqualTo(503);
    Await.until(SOON, () -> serve.events("queue-lost").size() == times);
    assertThat(serve.events("queue-lost").getLast().path("reason").asString())
        .contains(words, "restart");
    assertThat(serve.events("queue-lost").getLast().path("level").asString()).isEqualTo("error");
  }

  private void isFound(int times) throws IOException {
    assertThat(post()).isEqualTo(202);
    assertThat(serve.health()).isEqualTo(200);
    Await.until(SOON, () -> serve.events("queue-found").size() == times);
  }

  @Test
  void itIsNoticedAndNothingIsAcceptedUntilItIsBack() throws Exception {
    assertThat(post()).isEqualTo(202);
    Path aside = database.resolveSibling("aside");
    Path folder = database.resolveSibling(".").normalize();

    Files.move(database, aside);
    isLost(1, "moved or deleted");
    Files.move(aside, database);
    isFound(1);

    Files.move(database, aside);
    Files.copy(aside, database);
    isLost(2, "replaced");
    Files.delete(database);
    Files.move(aside, database);
    isFound(2);

    Files.move(folder, folder.resolveSibling("moved"));
    isLost(3, "moved or deleted");
    Files.move(folder.resolveSibling("moved"), folder);
    isFound(3);

    Path wal = database.resolveSibling("queue.db-wal");
    Files.move(wal, aside);
    isLost(4, "queue.db-wal");
    Files.move(aside, wal);
    isFound(4);

    try (FileChannel file = FileChannel.open(database, StandardOpenOption.WRITE)) {
      file.truncate(0);
    }
    isLost(5, "truncated");
  }

  /** What was answered 202 is worked on, or its loss is told; here it waits for its next try. */
  @Test
  void whatWasAcceptedBeforeIsNotLostInSilence() throws Exception {
    Revision released = relayed.release("2");
    git.close();
    assertThat(serve.post("repository_dispatch", Relayed.dispatch(released, "2")).statusCode())
        .isEqualTo(202);
    Await.until(SOON, () -> !serve.events("retry").isEmpty());
    Files.delete(database);
    Await.until(SOON, () -> !serve.events("job-at-risk").isEmpty());
    assertThat(serve.events("job-at-risk").getFirst().path("requested").asString())
        .isEqualTo(released.hex());
  }

  @Test
  void whileAnotherProcessLocksItDeliveriesAreAnswered503() throws Exception {
    String released = relayed.release("2").hex();
    serve.post("repository_dispatch", Relayed.dispatch(new Revision(released), "2"));
    serve.outcome(released);
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + database);
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      assertThat(post()).isEqualTo(503);
      statement.execute("ROLLBACK");
    }
    assertThat(post()).isEqualTo(202);
  }
}
