package dev.flakerelay.outcome;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.Jobs;
import dev.flakerelay.queue.MalformedJobException;
import dev.flakerelay.queue.Message;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OutcomeListenersTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final EventLog log =
      new EventLog(
          new PrintStream(written, true, StandardCharsets.UTF_8),
          EventLog.Format.JSON,
          InstantSource.system());
  private final List<String> heard = new ArrayList<>();

  private final class Listener implements OutcomeListener {
    private final Throwable failure;

    Listener(Throwable failure) {
      this.failure = failure;
    }

    private void hear(String what) {
      heard.add(what);
      switch (failure) {
        case RuntimeException e -> throw e;
        case Error e -> throw e;
        default -> {}
      }
    }

    @Override
    public void queued(Job job) {
      hear("queued");
    }

    @Override
    public void ended(Outcome outcome) {
      hear("ended");
    }

    @Override
    public void willRetry(Job job, BatchHandler.Retry retry, String reason) {
      hear("willRetry");
    }

    @Override
    public void malformed(Message message, MalformedJobException why) {
      hear("malformed");
    }

    @Override
    public void finish(Duration patience) {
      hear("finish");
    }
  }

  @Test
  void oneThatFailsHarmsNeitherTheJobNorTheOthers() {
    OutcomeListeners all =
        new OutcomeListeners(
            List.of(
                new Listener(new IllegalStateException("broken")),
                new Listener(new StackOverflowError()),
                new Listener(new Exception("fine"))),
            log);
    Job job = Jobs.job("main", 1);
    Message message = new Message("1", "body", "group", 1, Instant.EPOCH, "receipt");
    all.queued(job);
    all.ended(
        new Outcome(
            Outcome.Kind.UPDATED,
            job,
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Duration.ZERO));
    all.willRetry(job, new BatchHandler.Retry(message, Duration.ZERO), "why");
    all.malformed(message, new MalformedJobException("no JSON"));
    all.finish(Duration.ZERO);

    assertThat(heard)
        .containsExactly(
            "queued",
            "queued",
            "queued",
            "ended",
            "ended",
            "ended",
            "willRetry",
            "willRetry",
            "willRetry",
            "malformed",
            "malformed",
            "malformed",
            "finish",
            "finish",
            "finish");
    assertThat(written.toString(StandardCharsets.UTF_8)).contains("\"listener\"", "broken");
  }

  @Test
  void aLogThatFailsIsNoHarmEither() {
    EventLog broken =
        new EventLog(
            new PrintStream(written) {
              @Override
              public void write(byte[] bytes, int from, int length) {
                throw new StackOverflowError();
              }
            },
            EventLog.Format.JSON,
            InstantSource.system());
    new OutcomeListeners(List.of(new Listener(new IllegalStateException())), broken)
        .queued(Jobs.job("main", 1));
    assertThat(heard).containsExactly("queued");
  }
}
