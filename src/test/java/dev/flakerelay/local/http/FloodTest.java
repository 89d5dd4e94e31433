package dev.flakerelay.local.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.log.EventLog;
import dev.flakerelay.net.AddressRange;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.support.Await;
import dev.flakerelay.webhook.Intake;
import dev.flakerelay.webhook.RecordingQueue;
import dev.flakerelay.webhook.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What many bad clients do to the few good ones. */
@Tag("slow")
class FloodTest {
  private static final String HONEST = "127.0.0.1";
  private static final int LONG = 6_000_000;

  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final RecordingQueue queue = new RecordingQueue();
  private final List<RawClient> flood = new ArrayList<>();
  private final ScheduledExecutorService drips = Executors.newSingleThreadScheduledExecutor();
  private WebhookServer server = start();

  FloodTest() throws IOException {}

  private WebhookServer start(String... trustedProxies) throws IOException {
    return WebhookServer.start(
        new Endpoint(
            "0.0.0.0", 0, List.of(trustedProxies).stream().map(AddressRange::parse).toList()),
        new Intake(
            Samples.config(), SecretValues.fixed(List.of(Samples.SECRET)), queue, Samples.CLOCK),
        new EventLog(new PrintStream(log, true, UTF_8), EventLog.Format.JSON, Samples.CLOCK));
  }

  @AfterEach
  void stop() throws IOException {
    drips.shutdownNow();
    for (RawClient client : flood) {
      client.close();
    }
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {HONEST, "127.0.0.9"})
  void sixHundredSlowConnectionsKeepNoDeliveryOut(String from) throws Exception {
    for (int i = 0; i < 600; i++) {
      begin(from).send("POST /webhook HTTP/1.1\r\nHost: x\r\nX-");
    }
    drip();
    assertThat(deliverAll()).containsOnly("202");
    Await.until(Duration.ofMinutes(1), () -> log.toString(UTF_8).contains("connections-closed"));
    assertThat(log.toString(UTF_8)).contains("\"most\":\"" + from + "\"");
  }

  @ParameterizedTest
  @CsvSource({"12, 300000", "50, 6000000"})
  void unfinishedBodiesKeepNoDeliveryOut(int count, int length) throws Exception {
    for (int i = 0; i < count; i++) {
      beginBody(HONEST, RawClient.signed(), length);
    }
    assertThat(deliverAll()).containsOnly("202");
  }

  @Test
  void bodiesInChunksWithoutAnEndKeepNoDeliveryOut() throws Exception {
    for (int i = 0; i < 200; i++) {
      begin(HONEST).send(RawClient.chunkedHead(RawClient.signed()));
    }
    byte[] tinyChunk = "1;an-extension-that-is-longer\r\nx\r\n".getBytes(UTF_8);
    var _ =
        drips.scheduleWithFixedDelay(
            () -> flood.forEach(client -> client.sendQuietly(tinyChunk)), 0, 100, MILLISECONDS);
    assertThat(deliverAll()).containsOnly("202");
  }

  @Test
  void connectionsThatComeAndGoKeepNoDeliveryOut() throws Exception {
    Thread churn =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!Thread.currentThread().isInterrupted()) {
                    try (RawClient client = new RawClient("127.0.0.9", port())) {
                      client.send("POST");
                    } catch (IOException e) {
                      // The next one.
                    }
                  }
                });
    assertThat(deliverAll()).containsOnly("202");
    churn.interrupt();
    churn.join();
  }

  @Test
  void clientsThatNeverReadTheirAnswersKeepNoDeliveryOut() throws Exception {
    byte[] requests = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".repeat(5_000).getBytes(UTF_8);
    for (int i = 0; i < 20; i++) {
      RawClient client = begin("127.0.0.9");
      Thread.ofVirtual().start(() -> client.sendQuietly(requests));
    }
    assertThat(deliverAll()).containsOnly("202");
  }

  @Test
  void aFloodTakesThePlacesOfItsOwnAddressOnly() throws Exception {
    try (RawClient slow = new RawClient(HONEST, port())) {
      slow.send("POST /webhook HT");
      for (int i = 0; i < 600; i++) {
        begin("127.0.0.9");
      }
      String head = RawClient.head(RawClient.signed(), RawClient.DISPATCH.length);
      slow.send(head.substring("POST /webhook HT".length())).send(RawClient.DISPATCH);
      assertThat(slow.status()).isEqualTo("202");
    }
  }

  /** The forged header makes every connection of the flood look like another client's. */
  @Test
  void aForgedAddressMakesNoShareOfItsOwn() throws Exception {
    assertHalfADeliveryIsKept("127.0.0.9", Map.of());
  }

  @Test
  void behindATrustedProxyEachClientHasItsShare() throws Exception {
    server.close();
    server = start(HONEST);
    assertHalfADeliveryIsKept(HONEST, Map.of("X-Forwarded-For", "192.0.2.1"));
  }

  /** Half a delivery is sent, then a flood of bodies comes, then the other half. */
  private void assertHalfADeliveryIsKept(String floodFrom, Map<String, String> more)
      throws Exception {
    Map<String, String> headers = RawClient.signed();
    headers.putAll(more);
    int half = RawClient.DISPATCH.length / 2;
    try (RawClient honest = new RawClient(HONEST, port())) {
      honest.send(RawClient.head(headers, RawClient.DISPATCH.length));
      honest.send(Arrays.copyOf(RawClient.DISPATCH, half));
      for (int i = 0; i < 30; i++) {
        Map<String, String> forged = RawClient.signed();
        forged.put("X-Forwarded-For", "203.0.113." + i + ", 198.51.100.1");
        beginBody(floodFrom, forged, LONG);
      }
      Await.until(Duration.ofMinutes(1), () -> log.toString(UTF_8).contains("too many"));
      honest.send(Arrays.copyOfRange(RawClient.DISPATCH, half, RawClient.DISPATCH.length));
      assertThat(honest.status()).isEqualTo("202");
    }
  }

  @Test
  void aFloodDoesNotHoldUpTheStop() throws Exception {
    for (int i = 0; i < 50; i++) {
      begin(HONEST).send(RawClient.head(RawClient.signed(), LONG)).send("x");
    }
    drip();
    assertThat(deliverAll()).containsOnly("202");
    server.close();
    assertThat(log.toString(UTF_8)).doesNotContain("not answered in time");
  }

  private void drip() {
    var _ =
        drips.scheduleWithFixedDelay(
            () -> flood.forEach(client -> client.sendQuietly(new byte[] {'x'})),
            0,
            100,
            MILLISECONDS);
  }

  private List<String> deliverAll() throws IOException {
    List<String> statuses = new ArrayList<>();
    for (int i = 0; i < 30; i++) {
      try (RawClient client = new RawClient(HONEST, port())) {
        statuses.add(client.deliver());
      }
    }
    return statuses;
  }

  private void beginBody(String from, Map<String, String> headers, int length) throws IOException {
    RawClient client = begin(from).send(RawClient.head(headers, length + 1));
    // A thread for each: what has lost its memory is read on, as slowly as it comes.
    Thread.ofVirtual().start(() -> client.sendQuietly(new byte[length]));
  }

  private RawClient begin(String from) throws IOException {
    RawClient client = new RawClient(from, port());
    flood.add(client);
    return client;
  }

  private int port() {
    return server.url().getPort();
  }
}
