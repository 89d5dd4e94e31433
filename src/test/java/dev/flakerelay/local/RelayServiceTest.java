package dev.flakerelay.local;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.app.Relay;
import dev.flakerelay.config.read.ConfigReader;
import dev.flakerelay.local.http.Endpoint;
import dev.flakerelay.local.sqlite.SqliteJobQueue;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.outcome.OutcomeLog;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.TestNix;
import dev.flakerelay.update.Backoff;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("it looks at all threads of this JVM")
class RelayServiceTest {
  @Test
  void aStartThatFailsLeavesNoThreadAndNoLockedDataFolder(@TempDir Path folder) throws Exception {
    EventLog log = new EventLog(System.err, EventLog.Format.TEXT, InstantSource.system());
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      RelayService.Parts parts =
          new RelayService.Parts(
              relay(folder, log),
              SqliteJobQueue.open(folder.resolve("queue")),
              new Endpoint("127.0.0.1", taken.getLocalPort()),
              1,
              Backoff.DEFAULT,
              Duration.ZERO,
              new OutcomeLog(log),
              Optional.empty());
      assertThatThrownBy(() -> RelayService.start(parts)).isInstanceOf(IOException.class);
    }
    // Await, because threads of other tests may be about to end.
    Await.until(Duration.ofSeconds(30), RelayServiceTest::nobodyPumps);
    SqliteJobQueue.open(folder.resolve("queue")).close();
  }

  /** A schedule ends with the first exception of any kind, and nobody would miss it. */
  @Test
  void theScheduleGoesOnWhateverHappens(@TempDir Path folder) throws Exception {
    AtomicInteger lines = new AtomicInteger();
    OutputStream fails =
        new OutputStream() {
          @Override
          public void write(int one) {
            if (lines.incrementAndGet() == 1) {
              throw new StackOverflowError();
            }
          }
        };
    EventLog log =
        new EventLog(
            new PrintStream(fails, false, StandardCharsets.UTF_8),
            EventLog.Format.TEXT,
            InstantSource.system());
    RelayService.Parts parts =
        new RelayService.Parts(
            relay(folder, log),
            SqliteJobQueue.open(folder.resolve("queue")),
            new Endpoint("127.0.0.1", 0),
            1,
            Backoff.DEFAULT,
            Duration.ofMillis(10),
            new OutcomeLog(log),
            Optional.empty());
    try (RelayService _ = RelayService.start(parts)) {
      Await.until(Duration.ofMinutes(2), () -> lines.get() > 1000);
    }
  }

  private static Relay relay(Path folder, EventLog log) throws Exception {
    Path config = folder.resolve("relay.yaml");
    Files.writeString(
        config,
        """
        secrets: { webhook: [env:A] }
        routes:
          gone:
            when: [{ event: push, repository: acme/gone, branch: main }]
            targets: [{ repository: "file://%s/gone", branch: main, input: gone }]
        """
            .formatted(folder));
    return new Relay(
        Map.of("RELAY_NIX", TestNix.program(), "A", "secret"),
        ConfigReader.read(config),
        folder,
        log,
        InstantSource.system());
  }

  private static boolean nobodyPumps() {
    return Thread.getAllStackTraces().keySet().stream()
        .noneMatch(thread -> thread.getName().startsWith("pump-"));
  }
}
