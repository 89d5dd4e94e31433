package dev.flakerelay.local.http;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.support.Await;
import dev.flakerelay.webhook.Intake;
import dev.flakerelay.webhook.RecordingQueue;
import dev.flakerelay.webhook.Samples;
import dev.flakerelay.webhook.Signature;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WebhookServerTest {
  private static final Secret NEXT = new Secret("the next secret");
  private static final byte[] DISPATCH = Samples.dispatch().getBytes(UTF_8);

  private final HttpClient client = HttpClient.newHttpClient();
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final RecordingQueue queue = new RecordingQueue();
  private WebhookServer server;

  WebhookServerTest() throws IOException {
    server = start(queue);
  }

  @AfterEach
  void stop() {
    server.close();
    client.close();
  }

  private WebhookServer start(RecordingQueue jobs) throws IOException {
    return WebhookServer.start(
        new Endpoint("127.0.0.1", 0),
        new Intake(
            Samples.config(),
            SecretValues.fixed(List.of(NEXT, Samples.SECRET)),
            jobs,
            Samples.CLOCK),
        new EventLog(new PrintStream(log, true, UTF_8), EventLog.Format.JSON, Samples.CLOCK));
  }

  @Test
  void aSignedDispatchIsAccepted() throws Exception {
    HttpResponse<String> response = post(signed(), DISPATCH);
    assertThat(response.statusCode()).isEqualTo(202);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(response.body()).contains("\"job\":\"" + queue.sent().getFirst().id() + "\"");
    assertThat(log.toString(UTF_8).lines()).singleElement().asString().contains("\"accepted\":1");
  }

  @Test
  void bothSecretsAreGood() throws Exception {
    Map<String, String> headers = signed();
    headers.put("X-Hub-Signature-256", Signature.of(NEXT, DISPATCH));
    assertThat(post(headers, DISPATCH).statusCode()).isEqualTo(202);
    assertThat(post(signed(), DISPATCH).statusCode()).isEqualTo(202);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "sha256=",
        "sha256=00",
        "sha1=757107ea0eb2509fc211221cce984b8a37570b6d",
        "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
      })
  void aWrongSignatureIsRefused(String signature) throws Exception {
    Map<String, String> headers = signed();
    headers.put("X-Hub-Signature-256", signature);
    assertRefused(headers);
    headers.remove("X-Hub-Signature-256");
    assertRefused(headers);
  }

  private void assertRefused(Map<String, String> headers) throws Exception {
    HttpResponse<String> response = post(headers, DISPATCH);
    assertThat(response.statusCode()).isEqualTo(401);
    assertThat(response.body()).isEqualTo("{\"error\":\"signature\"}");
    assertThat(queue.sent()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "POST, /, 404",
    "GET, /webhook/x, 404",
    "GET, /webhook, 405",
    "HEAD, /webhook, 405",
    "OPTIONS, /webhook, 405",
    "DELETE, /webhook, 405",
    "GET, /webhook?x=1, 405",
    "POST, /healthz, 405",
    "GET, /healthz, 200",
    "HEAD, /healthz, 200"
  })
  void pathsAndMethodsAreAnsweredInJson(String method, String path, int status) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(server.url().resolve(path))
            .method(method, BodyPublishers.noBody())
            .build();
    HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(response.headers().firstValue("Allow").isPresent()).isEqualTo(status == 405);
    assertThat(response.body().isEmpty()).isEqualTo(method.equals("HEAD"));
  }

  @Test
  void aFormIsTaken() throws Exception {
    byte[] form = ("payload=" + URLEncoder.encode(Samples.dispatch(), UTF_8)).getBytes(UTF_8);
    Map<String, String> headers = Samples.headers("repository_dispatch", form);
    headers.put("Content-Type", "application/x-www-form-urlencoded");
    assertThat(post(headers, form).statusCode()).isEqualTo(202);
    headers.put("Content-Type", "multipart/form-data; boundary=x");
    assertThat(post(headers, form).statusCode()).isEqualTo(415);
  }

  @Test
  void aMalformedDeliveryIsExplained() throws Exception {
    byte[] body = Samples.dispatch("{\"sha\":\"main\"}").getBytes(UTF_8);
    HttpResponse<String> response = post(Samples.headers("repository_dispatch", body), body);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(response.body()).contains("client_payload.sha");
    Map<String, String> headers = signed();
    headers.remove("X-GitHub-Delivery");
    assertThat(post(headers, DISPATCH).body()).contains("X-GitHub-Delivery");
  }

  @Test
  void aMegabyteOfGarbageIsRefused() throws Exception {
    byte[] garbage = new byte[1_000_000];
    new Random(3).nextBytes(garbage);
    assertThat(post(Samples.headers("push", garbage), garbage).statusCode()).isEqualTo(400);
    assertThat(post(signed(), garbage).statusCode()).isEqualTo(401);
    byte[] more = new byte[6 * 1024 * 1024];
    assertThat(post(Samples.headers("push", more), more).statusCode()).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(ints = {6 * 1024 * 1024 + 1, 25 * 1024 * 1024})
  void aBodyThatIsTooLongIsRefusedHoweverItIsSent(int length) throws Exception {
    byte[] body = new byte[length];
    BodyPublisher chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(body));
    for (BodyPublisher publisher : List.of(BodyPublishers.ofByteArray(body), chunked)) {
      HttpResponse<String> response = post(signed(), publisher);
      assertThat(response.statusCode()).isEqualTo(413);
      assertThat(response.body()).contains("6291456");
    }
    assertThat(post(signed(), DISPATCH).statusCode()).isEqualTo(202);
  }

  @Test
  void aLengthThatIsTooLongIsRefusedBeforeTheBodyIsSent() throws Exception {
    try (Socket socket = connect()) {
      write(socket, "POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n");
      assertThat(readSome(socket)).startsWith("HTTP/1.1 413 ");
    }
  }

  @Test
  void chunkedBodiesAreVerifiedAsTheyWere() throws Exception {
    BodyPublisher chunked = BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(DISPATCH));
    assertThat(post(signed(), chunked).statusCode()).isEqualTo(202);
  }

  @Test
  void anUnavailableQueueIsSaidWithATimeToWait() throws Exception {
    queue.becomeUnavailable();
    HttpResponse<String> response = post(signed(), DISPATCH);
    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.headers().firstValue("Retry-After")).contains("30");
  }

  @Test
  void twentyAtOnceAreAllAcceptedAsTheSameJob() {
    List<CompletableFuture<HttpResponse<String>>> responses =
        IntStream.range(0, 20)
            .mapToObj(
                i ->
                    client.sendAsync(
                        request(signed(), BodyPublishers.ofByteArray(DISPATCH)),
                        BodyHandlers.ofString()))
            .toList();
    assertThat(responses)
        .extracting(CompletableFuture::join)
        .extracting(HttpResponse::statusCode)
        .containsOnly(202);
    assertThat(queue.sent())
        .hasSize(20)
        .extracting(Job::id)
        .containsOnly(queue.sent().getFirst().id());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense\r\n\r\n",
        "POST /webhook HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        "POST /webhook HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        "POST / HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
        "POST http:// HTTP/1.1\r\n\r\n",
        "OPTIONS * HTTP/1.1\r\n\r\n",
        "\0\1\2\r\n\r\n"
      })
  void whatIsNotHttpDoesNotDisturbOthers(String bytes) throws Exception {
    try (Socket socket = connect()) {
      write(socket, bytes);
      socket.shutdownOutput();
      assertThat(new String(socket.getInputStream().readAllBytes(), ISO_8859_1))
          .matches("(?s)(HTTP/1.1 4.*)?");
    }
    assertThat(post(signed(), DISPATCH).statusCode()).isEqualTo(202);
  }

  @Test
  void aClientThatHangsUpHalfWayIsAcceptedInNothing() throws Exception {
    try (Socket socket = connect()) {
      write(socket, "POST /webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{\"a\"");
    }
    assertThat(post(signed(), DISPATCH).statusCode()).isEqualTo(202);
    assertThat(queue.sent()).hasSize(1);
  }

  @Test
  void whatIsInHandIsAnsweredBeforeTheServerStops() throws Exception {
    CountDownLatch arrived = new CountDownLatch(1);
    CountDownLatch proceed = new CountDownLatch(1);
    RecordingQueue slow =
        new RecordingQueue() {
          @Override
          public synchronized Set<String> send(List<Job> jobs) throws QueueUnavailableException {
            arrived.countDown();
            try {
              proceed.await();
            } catch (InterruptedException e) {
              throw new QueueUnavailableException("interrupted", e);
            }
            return super.send(jobs);
          }
        };
    server.close();
    server = start(slow);
    var inHand =
        client.sendAsync(
            request(signed(), BodyPublishers.ofByteArray(DISPATCH)), BodyHandlers.ofString());
    arrived.await();
    CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::close);
    Await.until(Duration.ofSeconds(60), this::refusesConnections);
    assertThat(stopped).isNotDone();
    proceed.countDown();
    assertThat(inHand.join().statusCode()).isEqualTo(202);
    stopped.join();
  }

  private boolean refusesConnections() {
    try (Socket socket = connect()) {
      return !socket.isConnected();
    } catch (ConnectException e) {
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void aPortInUseIsSaid() {
    int port = server.url().getPort();
    Intake intake =
        new Intake(Samples.config(), SecretValues.fixed(List.of(NEXT)), queue, Samples.CLOCK);
    EventLog quiet =
        new EventLog(
            new PrintStream(new ByteArrayOutputStream(), true, UTF_8),
            EventLog.Format.JSON,
            Samples.CLOCK);
    assertThatThrownBy(() -> WebhookServer.start(new Endpoint("127.0.0.1", port), intake, quiet))
        .isInstanceOf(BindException.class);
  }

  private static Map<String, String> signed() {
    return Samples.headers("repository_dispatch", DISPATCH);
  }

  private HttpResponse<String> post(Map<String, String> headers, byte[] body) throws Exception {
    return post(headers, BodyPublishers.ofByteArray(body));
  }

  private HttpResponse<String> post(Map<String, String> headers, BodyPublisher body)
      throws Exception {
    return client.send(request(headers, body), BodyHandlers.ofString());
  }

  private HttpRequest request(Map<String, String> headers, BodyPublisher body) {
    URI url = server.url();
    HttpRequest.Builder request = HttpRequest.newBuilder(url).POST(body);
    headers.forEach(request::header);
    return request.build();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.url().getPort());
    socket.setSoTimeout(60_000);
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
  }

  private static String readSome(Socket socket) throws IOException {
    byte[] buffer = new byte[1024];
    int count = socket.getInputStream().read(buffer);
    return new String(buffer, 0, Math.max(0, count), ISO_8859_1);
  }

  /** Until the process ended, one in some hundred waited for an answer that nobody was to give. */
  @RepeatedTest(20)
  void aClientThatComesAsItStopsIsNotKeptWaiting() throws Exception {
    CountDownLatch coming = new CountDownLatch(4);
    List<Thread> clients =
        IntStream.range(0, 4)
            .mapToObj(i -> Thread.ofVirtual().start(() -> comeAgain(coming)))
            .toList();
    coming.await();
    server.close();
    for (Thread each : clients) {
      assertThat(each.join(Duration.ofSeconds(20))).isTrue();
    }
  }

  /** Connects until nobody listens; stays with each connection for as long as it is open. */
  private void comeAgain(CountDownLatch coming) {
    while (true) {
      try (Socket socket = new Socket("127.0.0.1", server.url().getPort())) {
        coming.countDown();
        socket
            .getOutputStream()
            .write(
                "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
                    .getBytes(ISO_8859_1));
        socket.getInputStream().readAllBytes();
      } catch (ConnectException e) {
        return;
      } catch (IOException e) {
        // Closed before it was answered.
      }
    }
  }
}
