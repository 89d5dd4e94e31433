package dev.flakerelay.secret;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.retries.DefaultRetryStrategy;
import software.amazon.awssdk.services.secretsmanager.SecretsManagerClient;
import tools.jackson.databind.json.JsonMapper;

class SecretReaderTest {
  @TempDir Path folder;

  private final AtomicInteger clients = new AtomicInteger();
  private HttpServer aws;
  private SecretReader reader;
  private volatile int status = 200;
  private volatile String answer = "";
  private volatile String asked = "";

  @BeforeEach
  void start() throws IOException {
    aws = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    aws.createContext(
        "/",
        exchange -> {
          asked = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
          byte[] body = answer.getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Content-Type", "application/x-amz-json-1.1");
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    aws.start();
    reader = new SecretReader(Map.of("SET", "value", "EMPTY", " "), this::client);
  }

  @AfterEach
  void stop() {
    reader.close();
    aws.stop(0);
  }

  private SecretsManagerClient client() {
    clients.incrementAndGet();
    return SecretsManagerClient.builder()
        .endpointOverride(URI.create("http://127.0.0.1:" + aws.getAddress().getPort()))
        .region(Region.EU_CENTRAL_1)
        .credentialsProvider(
            StaticCredentialsProvider.create(AwsBasicCredentials.create("id", "key")))
        .overrideConfiguration(
            overrides -> overrides.retryStrategy(DefaultRetryStrategy.doNotRetry()))
        .httpClient(UrlConnectionHttpClient.create())
        .build();
  }

  private String read(String reference) throws SecretException {
    return reader.read(SecretReference.parse(reference)).value();
  }

  @Test
  void aVariableIsReadAndNoClientIsMade() throws SecretException {
    assertThat(read("env:SET")).isEqualTo("value");
    assertThat(reader.read(SecretReference.parse("env:SET"))).hasToString("***");
    assertThat(clients).hasValue(0);
  }

  @Test
  void aVariableThatIsMissingOrEmptySaysSo() {
    assertThatThrownBy(() -> read("env:MISSING"))
        .isInstanceOf(SecretException.class)
        .hasMessage(
            "the secret env:MISSING can't be read: the environment variable is not set: set it"
                + " where flake-relay is started");
    assertThatThrownBy(() -> read("env:EMPTY"))
        .hasMessage("the secret env:EMPTY can't be read: it is empty: give it a value");
  }

  @Test
  void aFileIsReadWithoutSurroundingSpace() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), " line one\nline two\n\n");
    assertThat(read("file:" + file)).isEqualTo("line one\nline two");
    Files.writeString(file, "rotated");
    assertThat(read("file:" + file)).isEqualTo("rotated");
  }

  /** A line's end in a secret made every signature wrong. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a b\n",
        "a b\r\n",
        "\r\n a b",
        "  a b\t",
        "\ufeffa b\n",
        "a b\u00a0\u2028",
        "a b\n\n\ufeff"
      })
  void whiteSpaceAroundASecretNeverCounts(String text) throws Exception {
    reader.close();
    reader = new SecretReader(Map.of("PADDED", text), this::client);
    Path file = Files.writeString(folder.resolve("padded"), text);
    assertThat(read("env:PADDED")).isEqualTo("a b");
    assertThat(read("file:" + file)).isEqualTo("a b");
    String json = JsonMapper.shared().writeValueAsString(text);
    answer = "{\"Name\": \"a\", \"SecretString\": " + json + "}";
    assertThat(read("aws:a")).isEqualTo("a b");
    String inner = JsonMapper.shared().writeValueAsString("{\"key\":" + json + "}");
    answer = "{\"Name\": \"a\", \"SecretString\": " + inner + "}";
    assertThat(read("aws:a#key")).isEqualTo("a b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\n", "\ufeff", "\ufeff\r\n", "\u00a0"})
  void aSecretOfNothingElseIsEmpty(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("empty"), text);
    assertThatThrownBy(() -> read("file:" + file))
        .hasMessageEndingWith("it is empty: give it a value");
  }

  @Test
  void aFileThatCannotBeReadSaysWhy() throws IOException {
    assertThatThrownBy(() -> read("file:" + folder)).hasMessageContaining("it is a folder");
    assertThatThrownBy(() -> read("file:" + folder.resolve("missing")))
        .isInstanceOf(SecretException.class)
        .hasMessageEndingWith("missing can't be read: no such file");
    assertThatThrownBy(() -> read("file:missing")).hasMessageEndingWith("in the working directory");
    Path file = Files.writeString(folder.resolve("empty"), "\n");
    assertThatThrownBy(() -> read("file:" + file)).hasMessageContaining("it is empty");
    Files.write(file, new byte[] {(byte) 0xff, 'x'});
    assertThatThrownBy(() -> read("file:" + file)).hasMessageContaining("not UTF-8");
    Files.write(file, new byte[70_000]);
    assertThatThrownBy(() -> read("file:" + file)).hasMessageContaining("larger than 64 KiB");
  }

  @Test
  void aSecretInAwsIsReadByOneClient() throws SecretException {
    answer = "{\"SecretString\": \"plain\"}";
    assertThat(read("aws:prod/relay")).isEqualTo("plain");
    assertThat(asked).contains("\"SecretId\":\"prod/relay\"");
    answer = "{\"SecretString\": \"{\\\"git\\\": {\\\"token\\\": \\\"t\\\", \\\"pin\\\": 7}}\"}";
    assertThat(read("aws:prod/relay#git.token")).isEqualTo("t");
    assertThat(read("aws:prod/relay#git.pin")).isEqualTo("7");
    assertThat(clients).hasValue(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          aws:a     | {"SecretString": ""}                       | it is empty
          aws:a     | {"SecretBinary": "aGk="}                   | it is binary
          aws:a#x   | {"SecretString": "hunter2"}                | it is not JSON
          aws:a#x   | {"SecretString": "{\\"x\\": [\\"hunter2\\"]}"} | its JSON has no text under x
          aws:a#x.y | {"SecretString": "{\\"x\\": \\"hunter2\\"}"}   | its JSON has no text under x.y
          aws:a#x   | {"SecretString": "{\\"x\\": \\"\\"}"}          | it is empty
          """)
  void aSecretInAwsThatIsNoTextSaysWhy(String reference, String body, String message) {
    answer = body;
    assertThatThrownBy(() -> read(reference))
        .isInstanceOf(SecretException.class)
        .hasMessageStartingWith("the secret " + reference + " can't be read: " + message)
        .hasNoCause()
        .message()
        .doesNotContain("hunter2");
  }

  @ParameterizedTest
  @CsvSource({
    "400, ResourceNotFoundException, no such secret in this account and region, false",
    "400, ResourceNotFoundException, or none with a value, false",
    "400, AccessDeniedException, allow secretsmanager:GetSecretValue, false",
    "400, ThrottlingException, AWS Secrets Manager failed, true",
    "500, InternalServiceError, AWS Secrets Manager failed, true",
  })
  void anAnswerOfAwsSaysWhetherToTryAgain(
      int code, String type, String message, boolean retryable) {
    status = code;
    answer = "{\"__type\": \"" + type + "\", \"message\": \"why\"}";
    assertThatThrownBy(() -> read("aws:a"))
        .hasMessageContaining(message)
        .isInstanceOfSatisfying(
            SecretException.class, e -> assertThat(e.isRetryable()).isEqualTo(retryable));
  }

  @Test
  void awsOutOfReachIsRetryable() {
    aws.stop(0);
    assertThatThrownBy(() -> read("aws:a"))
        .hasMessageContaining("could not be asked")
        .isInstanceOfSatisfying(SecretException.class, e -> assertThat(e.isRetryable()).isTrue());
  }
}
