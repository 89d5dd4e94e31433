package dev.flakerelay.local.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.log.EventLog;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.webhook.Intake;
import dev.flakerelay.webhook.RecordingQueue;
import dev.flakerelay.webhook.Samples;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Single requests as no honest sender makes them, and some that look odd and are right. */
class HostileRequestTest {
  private static final String SIGNATURE = "X-Hub-Signature-256";

  private final RecordingQueue queue = new RecordingQueue();
  private final WebhookServer server;
  private final RawClient client;

  HostileRequestTest() throws IOException {
    server =
        WebhookServer.start(
            new Endpoint("127.0.0.1", 0),
            new Intake(
                Samples.config(),
                SecretValues.fixed(List.of(Samples.SECRET)),
                queue,
                Samples.CLOCK),
            new EventLog(
                new PrintStream(new ByteArrayOutputStream(), true, UTF_8),
                EventLog.Format.JSON,
                Samples.CLOCK));
    client = new RawClient("127.0.0.1", server.url().getPort());
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    server.close();
  }

  @ParameterizedTest
  @CsvSource({
    "X-Hub-Signature-256, '', 401",
    "X-Hub-Signature-256, sha256=, 401",
    "X-Hub-Signature-256, sha1=757107ea0eb2509fc211221cce984b8a37570b6d, 401",
    "X-Hub-Signature-256, 757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17, 401",
    "X-Hub-Signature-256, sha256=zz7107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17,"
        + " 401",
    "X-Hub-Signature-256, sha256=757107EA0EB2509FC211221CCE984B8A37570B6D7586C22C46F4379C8B043E17,"
        + " 401",
    "X-GitHub-Event, '', 400",
    "X-GitHub-Event, a b, 400",
    "X-GitHub-Delivery, '', 400",
    "Content-Type, text/plain, 415"
  })
  void whatItsHeadersRefuseIsAnsweredBeforeItsBodyCame(String name, String value, int status)
      throws Exception {
    Map<String, String> headers = RawClient.signed();
    headers.put(name, value);
    client.send(RawClient.head(headers, 1_000_000));
    assertThat(client.answer()).startsWith("HTTP/1.1 " + status).contains("{\"error\":");
    assertThat(queue.sent()).isEmpty();
  }

  @Test
  void twoSignaturesAreNone() throws Exception {
    String head = RawClient.head(RawClient.signed(), RawClient.DISPATCH.length);
    String signature = RawClient.signed().get(SIGNATURE);
    client.send(head.replace("Host: x", SIGNATURE + ": " + signature + "\r\nHost: x"));
    assertThat(client.status()).isEqualTo("401");
  }

  @Test
  void leaveToSendABodyIsGivenToSignedOnesOnly() throws Exception {
    Map<String, String> headers = RawClient.signed();
    headers.put("Expect", "100-continue");
    client.send(RawClient.head(headers, RawClient.DISPATCH.length));
    assertThat(client.status()).isEqualTo("100");
    assertThat(client.send(RawClient.DISPATCH).status()).isEqualTo("202");
    headers.remove(SIGNATURE);
    client.send(RawClient.head(headers, RawClient.DISPATCH.length));
    assertThat(client.status()).isEqualTo("401");
  }

  @Test
  void anOldClientIsAnsweredAndHungUpOn() throws Exception {
    String head = RawClient.head(RawClient.signed(), RawClient.DISPATCH.length);
    client.send(head.replace("HTTP/1.1", "HTTP/1.0")).send(RawClient.DISPATCH);
    assertThat(client.status()).isEqualTo("202");
    assertThat(client.status()).isEqualTo("closed");
  }

  @Test
  void requestsInOnePieceAreAnsweredInTheirOrder() throws Exception {
    byte[] first = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(UTF_8);
    String second = RawClient.head(RawClient.signed(), RawClient.DISPATCH.length);
    client.send(new String(first, UTF_8) + second + new String(RawClient.DISPATCH, UTF_8));
    assertThat(client.status()).isEqualTo("200");
    assertThat(client.status()).isEqualTo("202");
    assertThat(client.deliver()).isEqualTo("202");
  }

  @Test
  void aBodyOfTinyChunksIsADelivery() throws Exception {
    StringBuilder chunks = new StringBuilder();
    for (byte one : RawClient.DISPATCH) {
      chunks.append("1\r\n").append((char) one).append("\r\n");
    }
    client.send(RawClient.chunkedHead(RawClient.signed())).send(chunks + "0\r\n\r\n");
    assertThat(client.status()).isEqualTo("202");
  }

  @Test
  void whatFollowsABodyIsNoPartOfIt() throws Exception {
    client.send(RawClient.head(RawClient.signed(), RawClient.DISPATCH.length));
    client.send(RawClient.DISPATCH).send("POST /webhook?smuggled\r\n\r\n");
    assertThat(client.status()).isEqualTo("202");
    assertThat(client.status()).isNotEqualTo("202");
    assertThat(queue.sent()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Content-Length: 5\r\nTransfer-Encoding: chunked",
        "Content-Length: 5\r\nContent-Length: 6",
        "Content-Length: +5",
        "Content-Length: 99999999999999999999",
        "Transfer-Encoding: gzip, xchunked",
        "Transfer-Encoding : chunked",
        " Folded: x",
        "No-Colon"
      })
  void aLengthThatTwoServersCouldReadDifferentlyIsRefused(String header) throws Exception {
    client.send("POST /webhook HTTP/1.1\r\nHost: x\r\n" + header + "\r\n\r\n0\r\n\r\n");
    assertThat(client.answer()).matches("(?s)HTTP/1.1 (400|501) .*\\{\"error\":\".*\"}");
  }

  @ParameterizedTest
  @CsvSource({"1, 70000", "3000, 20"})
  void headersHaveALimit(int count, int length) throws Exception {
    StringBuilder head = new StringBuilder("POST /webhook HTTP/1.1\r\nHost: x\r\n");
    for (int i = 0; i < count; i++) {
      head.append("X-").append(i).append(": ").append("y".repeat(length)).append("\r\n");
    }
    client.sendQuietly(head.append("\r\n").toString().getBytes(UTF_8));
    assertThat(client.answer()).startsWith("HTTP/1.1 431 ").contains("{\"error\":");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//webhook",
        "/webhook/",
        "/webhook;x=1",
        "/%77ebhook",
        "/x/../webhook",
        "/./webhook",
        "/webhook%00",
        "/webhook%2f"
      })
  void aPathThatIsNotOursIsNotFound(String path) throws Exception {
    client.send("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    assertThat(client.answer()).matches("(?s)HTTP/1.1 40[04] .*\\{\"error\":\".*\"}");
  }

  @Test
  void tlsIsNotSpokenHere() throws Exception {
    client.send(new byte[] {0x16, 3, 1, 0, 5, 1, 0, 0, 1, 0, '\r', '\n', '\r', '\n'});
    assertThat(client.status()).isIn("400", "closed");
  }
}
