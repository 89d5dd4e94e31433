package dev.flakerelay.queue.sqs;

import static dev.flakerelay.queue.Jobs.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import dev.flakerelay.queue.QueueUnavailableException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;

class SqsJobQueueTest {
  private static final String URL = "https://sqs.eu-central-1.amazonaws.com/123456789012/q.fifo";

  @Test
  void aJobThatSqsRefusesIsNotTaken() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    byte[] answer =
        """
        {"Successful":[],"Failed":[
          {"Id":"0","Code":"InternalError","Message":"try later","SenderFault":false}]}\
        """
            .getBytes(StandardCharsets.UTF_8);
    server.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.0");
          exchange.sendResponseHeaders(200, answer.length);
          exchange.getResponseBody().write(answer);
          exchange.close();
        });
    server.start();
    try (SqsClient client = client(server.getAddress().getPort())) {
      assertThatThrownBy(() -> new SqsJobQueue(URL, client).send(List.of(job("main", 1))))
          .isInstanceOf(QueueUnavailableException.class)
          .hasMessageContaining("InternalError try later");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void aQueueThatNobodyServesIsUnavailable() throws Exception {
    int port;
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = taken.getLocalPort();
    }
    try (SqsClient client = client(port)) {
      assertThatThrownBy(() -> new SqsJobQueue(URL, client).send(List.of(job("main", 1))))
          .isInstanceOf(QueueUnavailableException.class)
          .hasMessageContaining("Tried to queue 1 jobs at " + URL);
    }
  }

  /** The HTTP client's own timeout is longer than the limit here. */
  @Test
  @Timeout(value = 3, unit = TimeUnit.MINUTES, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aQueueThatNeverAnswersIsGivenUpInTime() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
        SqsClient client =
            SqsContract.client(
                URI.create("http://127.0.0.1:" + silent.getLocalPort()), Duration.ofMinutes(10))) {
      SqsSender sender = new SqsSender(URI.create(URL), client, Duration.ofSeconds(1));
      assertThatThrownBy(() -> sender.send(List.of(job("main", 1))))
          .isInstanceOf(QueueUnavailableException.class);
    }
  }

  private static SqsClient client(int port) {
    return SqsContract.client(URI.create("http://127.0.0.1:" + port));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "q.fifo", "https://sqs.eu-central-1.amazonaws.com/1/q", "file:/q.fifo"})
  void onlyTheUrlOfAFifoQueueIsTaken(String url) {
    assertThatThrownBy(() -> SqsJobQueue.connect(url)).isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource({
    "https://sqs.eu-central-1.amazonaws.com/1/q.fifo, eu-central-1",
    "https://sqs.cn-north-1.amazonaws.com.cn/1/q.fifo, cn-north-1",
    "https://sqs-fips.us-gov-west-1.amazonaws.com/1/q.fifo, us-gov-west-1",
    "https://sqs.eu-west-1.api.aws/1/q.fifo, eu-west-1",
    "https://eu-west-1.queue.amazonaws.com/1/q.fifo, eu-west-1",
    "http://localhost:4566/000000000000/q.fifo, us-west-2",
  })
  void theQueueIsInTheRegionOfItsUrlElseOfTheEnvironment(String url, String region) {
    assertThat(SqsConnection.region(URI.create(url), Map.of("AWS_REGION", "us-west-2")))
        .contains(Region.of(region));
  }

  @Test
  void anEndpointOfOnesOwnNeedsNoRegion() {
    URI local = URI.create("http://localhost:9324/000000000000/q.fifo");
    assertThat(SqsConnection.region(local, Map.of("AWS_ENDPOINT_URL", "http://localhost:9324")))
        .contains(Region.US_EAST_1);
    assertThat(SqsConnection.region(local, Map.of())).isEmpty();
  }
}
