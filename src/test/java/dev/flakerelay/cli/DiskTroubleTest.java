package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.Relayed;
import dev.flakerelay.support.TestDisk;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A data folder on a disk that gets full, stands still or can't be written: page, {@code /readyz}
 * and answers say so, nothing is lost, and it recovers by itself.
 */
@Tag("slow")
class DiskTroubleTest {
  private static final Duration SOON = Duration.ofMinutes(3);

  private final Relayed relayed;
  private final RelayProgram program;
  private TestDisk disk;
  private ServeProcess serve;

  DiskTroubleTest(@TempDir Path folder) {
    relayed = Relayed.create(folder);
    program = RelayProgram.in(folder.resolve("relay"));
  }

  @BeforeEach
  void start() throws Exception {
    disk = TestDisk.at(program.data(), 48);
    serve = program.serve(relayed.config(), "--admin", "127.0.0.1:0", "--retry-delay", "PT0.3S");
    assertThat(serve.ask("/readyz").statusCode()).isEqualTo(200);
  }

  @AfterEach
  void stop() {
    if (disk != null) {
      disk.thaw();
      if (serve != null) {
        serve.killWithPrograms();
      }
      disk.close();
    }
  }

  private HttpResponse<String> dispatch(Revision revision, String version) throws Exception {
    return serve.post("repository_dispatch", Relayed.dispatch(revision, version));
  }

  private void saysThatItIsNotReady(String why) throws Exception {
    Await.until(SOON, () -> serve.metric("flake_relay_ready").equals(Optional.of(0.0)));
    HttpResponse<String> readiness = serve.ask("/readyz");
    assertThat(readiness.statusCode()).isEqualTo(503);
    assertThat(readiness.body()).contains(why);
    assertThat(serve.ask("/").body()).contains(">not ready<", why);
    assertThat(serve.health()).isEqualTo(200);
  }

  private void recovers(Revision... accepted) throws Exception {
    Await.until(SOON, () -> serve.metric("flake_relay_ready").equals(Optional.of(1.0)));
    Revision next = relayed.release("9.0.0");
    assertThat(dispatch(next, "9.0.0").statusCode()).isEqualTo(202);
    serve.outcome(next.hex());
    for (Revision each : accepted) {
      assertThat(serve.outcomes(each.hex())).as("an accepted job has one outcome").hasSize(1);
    }
    assertThat(relayed.locked()).isEqualTo(next.hex());
    int ended = serve.events("outcome").size();
    Await.until(SOON, () -> Math.round(counted()) == ended);
    assertThat(serve.metric("flake_relay_queue_jobs")).contains(0.0);
  }

  private double counted() {
    return serve.metrics("flake_relay_outcomes_total");
  }

  @Test
  void full() throws Exception {
    Revision before = relayed.release("1.1.0");
    disk.fill();
    saysThatItIsNotReady("full");
    HttpResponse<String> answer = dispatch(before, "1.1.0");
    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    disk.empty();
    Await.until(SOON, () -> serve.metric("flake_relay_ready").equals(Optional.of(1.0)));
    assertThat(dispatch(before, "1.1.0").statusCode()).isEqualTo(202);
    recovers(before);
  }

  @Test
  void standingStill() throws Exception {
    Revision during = relayed.release("1.1.0");
    disk.freeze();
    long begin = System.nanoTime();
    assertThat(dispatch(during, "1.1.0").statusCode()).isEqualTo(503);
    assertThat(Duration.ofNanos(System.nanoTime() - begin))
        .as("a sender does not wait for ever")
        .isLessThan(Duration.ofSeconds(40));
    saysThatItIsNotReady("has not answered for");
    disk.thaw();
    // It was in the middle of being queued, so it is: again is a duplicate, or after its end.
    assertThat(dispatch(during, "1.1.0").statusCode()).isEqualTo(202);
    serve.outcome(during.hex());
    recovers(during);
  }

  @Test
  void readOnly() throws Exception {
    disk.forbidWriting();
    saysThatItIsNotReady("Read-only file system");
    Revision during = relayed.release("1.1.0");
    int status = dispatch(during, "1.1.0").statusCode();
    assertThat(status).isIn(202, 503);
    disk.allowWriting();
    if (status == 503) {
      recovers();
    } else {
      serve.outcome(during.hex());
      recovers(during);
    }
  }
}
