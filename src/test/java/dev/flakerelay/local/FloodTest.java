package dev.flakerelay.local;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.EventLog;
import dev.flakerelay.config.SecretValues;
import dev.flakerelay.webhook.Intake;
import dev.flakerelay.webhook.RecordingQueue;
import dev.flakerelay.webhook.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What many bad clients do to the few good ones. */
class FloodTest {
  private static final byte[] DISPATCH = Samples.dispatch().getBytes(UTF_8);
  private static final int DELIVERIES = 30;

  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final RecordingQueue queue = new RecordingQueue();
  private final WebhookServer server;
  private final List<Socket> flood = new ArrayList<>();
  private final ScheduledExecutorService drips = Executors.newSingleThreadScheduledExecutor();

  FloodTest() throws IOException {
    server =
        WebhookServer.start(
            new Endpoint("0.0.0.0", 0),
            new Intake(
                Samples.config(),
                SecretValues.fixed(List.of(Samples.SECRET)),
                queue,
                Samples.CLOCK),
            new EventLog(new PrintStream(log, true, UTF_8), EventLog.Format.JSON, Samples.CLOCK));
  }

  @AfterEach
  void stop() throws IOException {
    drips.shutdownNow();
    for (Socket socket : flood) {
      socket.close();
    }
    server.close();
  }

  @ParameterizedTest
  @CsvSource({"127.0.0.1", "127.0.0.9"})
  void sixHundredSlowConnectionsKeepNoDeliveryOut(String from) throws Exception {
    for (int i = 0; i < 600; i++) {
      begin(from, "POST /webhook HTTP/1.1\r\nHost: x\r\nX-");
    }
    dripInto(flood);
    assertThat(deliverAll()).containsOnly("202");
  }

  @ParameterizedTest
  @CsvSource({"12, 300000", "50, 6000000", "100, 6000000"})
  void unfinishedBodiesKeepNoDeliveryOut(int count, int length) throws Exception {
    for (int i = 0; i < count; i++) {
      Socket socket = begin("127.0.0.1", head(Samples.headers("push", DISPATCH), length + 1));
      // A thread for each: what has lost its memory is read on, as slowly as it comes.
      Thread.ofVirtual().start(() -> writeQuietly(socket, new byte[length]));
    }
    assertThat(deliverAll()).containsOnly("202");
  }

  private void dripInto(List<Socket> sockets) {
    List<Socket> all = List.copyOf(sockets);
    drips.scheduleWithFixedDelay(
        () -> all.forEach(socket -> writeQuietly(socket, new byte[] {'x'})), 0, 100, MILLISECONDS);
  }

  private static void writeQuietly(Socket socket, byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException e) {
      // It lost its place.
    }
  }

  private List<String> deliverAll() throws Exception {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < DELIVERIES; i++) {
      all.add(deliver());
    }
    return all;
  }

  private String deliver() throws IOException {
    try (Socket socket = connect("127.0.0.1")) {
      write(socket, head(Samples.headers("repository_dispatch", DISPATCH), DISPATCH.length));
      socket.getOutputStream().write(DISPATCH);
      return statusOf(socket);
    }
  }

  private static String statusOf(Socket socket) throws IOException {
    byte[] start = socket.getInputStream().readNBytes(12);
    return start.length < 12 ? "closed" : new String(start, 9, 3, ISO_8859_1);
  }

  private static String head(Map<String, String> headers, long length) {
    return "POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: "
        + length
        + headers.entrySet().stream()
            .map(header -> "\r\n" + header.getKey() + ": " + header.getValue())
            .collect(Collectors.joining())
        + "\r\n\r\n";
  }

  private Socket begin(String from, String start) throws IOException {
    Socket socket = connect(from);
    flood.add(socket);
    write(socket, start);
    return socket;
  }

  private Socket connect(String from) throws IOException {
    Socket socket = new Socket();
    socket.bind(new InetSocketAddress(from, 0));
    socket.setSoTimeout(30_000);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.url().getPort()));
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }
}
