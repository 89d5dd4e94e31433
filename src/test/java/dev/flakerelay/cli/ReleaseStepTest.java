package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.webhook.Signature;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The workflow step of docs/release-guide.md, as a runner runs it. */
class ReleaseStepTest {
  private static final String SECRET = "It's a Secret to Everybody";
  private static final String SHA = "b75f955493e600b98fbe04f6763e6196992c71b3";

  private final Deque<Integer> answers = new ArrayDeque<>();
  private final List<String> bodies = new ArrayList<>();
  private final List<String> signatures = new ArrayList<>();
  private final HttpServer server;

  @TempDir Path folder;

  ReleaseStepTest() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
  }

  @BeforeEach
  void listen() {
    for (String tool : List.of("bash", "jq", "openssl", "curl")) {
      assumeTrue(isInstalled(tool), tool + " is needed to run the step");
    }
    server.createContext("/webhook", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  @Test
  void signsTheBytesThatItSends() throws Exception {
    answers.add(202);
    assertThat(run("1.1.0 \"é\"")).isEqualTo(0);
    assertThat(bodies).hasSize(1);
    assertThat(signatures).isEqualTo(List.of(signature(bodies.getFirst())));
    JsonNode body = JsonMapper.shared().readTree(bodies.getFirst());
    assertThat(body.at("/action").stringValue()).isEqualTo("hello-released");
    assertThat(body.at("/repository/full_name").stringValue()).isEqualTo("you/machines");
    assertThat(body.at("/client_payload/sha").stringValue()).isEqualTo(SHA);
    assertThat(body.at("/client_payload/version").stringValue()).isEqualTo("1.1.0 \"é\"");
  }

  @Test
  void triesAgainWhileTheRelayIsNotThere() throws Exception {
    answers.addAll(List.of(503, 502, 202));
    assertThat(run("")).isEqualTo(0);
    assertThat(bodies).hasSize(3);
  }

  @Test
  void failsAtOnceWhenItIsRefusedOrNoRouteWaits() throws Exception {
    answers.addAll(List.of(401, 200));
    assertThat(run("")).isEqualTo(1);
    assertThat(run("")).isEqualTo(1);
    assertThat(bodies).hasSize(2);
  }

  @Test
  void failsInTheEndWhenTheRelayIsNeverThere() throws Exception {
    answers.addAll(List.of(500, 500, 500, 500, 500));
    assertThat(run("")).isEqualTo(1);
    assertThat(answers).isEmpty();
  }

  private int run(String version) throws Exception {
    Path script = Files.writeString(folder.resolve("step.sh"), script());
    ProcessBuilder bash = new ProcessBuilder("bash", "-e", script.toString());
    // No proxies, and no configuration of curl.
    bash.environment().clear();
    bash.environment().put("PATH", System.getenv("PATH"));
    bash.environment().put("HOME", folder.toString());
    bash.environment().put("RELAY_URL", url());
    bash.environment().put("RELAY_SECRET", SECRET);
    bash.environment().put("REPOSITORY", "you/machines");
    bash.environment().put("TYPE", "hello-released");
    bash.environment().put("SHA", SHA);
    bash.environment().put("VERSION", version);
    bash.environment().put("GITHUB_RUN_ID", "1");
    bash.environment().put("GITHUB_RUN_ATTEMPT", "1");
    bash.environment().put("TMPDIR", folder.toString());
    bash.redirectErrorStream(true);
    bash.redirectOutput(folder.resolve("output").toFile());
    return bash.start().waitFor();
  }

  /** The step's {@code run}, without its waiting. */
  private static String script() throws IOException {
    String guide = Files.readString(Path.of("docs/release-guide.md"));
    String run = "        run: |\n";
    String from = guide.substring(guide.indexOf(run) + run.length());
    String script =
        from.lines()
            .takeWhile(line -> !line.startsWith("```"))
            .map(line -> line.substring("          ".length()))
            .collect(Collectors.joining("\n"));
    String quick = script.replace("for wait in 5 15 45 135 0", "for wait in 0 0 0 0 0");
    assertThat(quick).isNotEqualTo(script);
    return quick;
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      byte[] body = exchange.getRequestBody().readAllBytes();
      bodies.add(new String(body, StandardCharsets.UTF_8));
      signatures.add(exchange.getRequestHeaders().getFirst("X-Hub-Signature-256"));
      exchange.sendResponseHeaders(answers.remove(), -1);
    }
  }

  private String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/webhook";
  }

  private static String signature(String body) {
    return Signature.of(new Secret(SECRET), body.getBytes(StandardCharsets.UTF_8));
  }

  private static boolean isInstalled(String tool) {
    for (String each : System.getenv().getOrDefault("PATH", "").split(":", -1)) {
      if (Files.isExecutable(Path.of(each, tool))) {
        return true;
      }
    }
    return false;
  }
}
