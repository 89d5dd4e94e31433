package dev.flakerelay.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.support.Execution;
import dev.flakerelay.webhook.Signature;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class SendCommandTest {
  @Test
  void aSecretsLineEndIsNoPartOfTheSignature(@TempDir Path folder) throws Exception {
    List<String> signatures = new CopyOnWriteArrayList<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          signatures.add(exchange.getRequestHeaders().getFirst("X-Hub-Signature-256"));
          exchange.getRequestBody().readAllBytes();
          exchange.sendResponseHeaders(202, -1);
          exchange.close();
        });
    server.start();
    try {
      Path body = Files.writeString(folder.resolve("body.json"), "{}");
      Path file = Files.writeString(folder.resolve("secret"), "\ufeffabc\r\n");
      String url = "http://127.0.0.1:" + server.getAddress().getPort() + "/";
      RelayProgram program = RelayProgram.in(folder).with("HOOK", "abc\n");
      for (String secret : List.of("env:HOOK", "file:" + file)) {
        Execution sent =
            program.run(
                "send", "--url=" + url, "--event=ping", "--body=" + body, "--secret=" + secret);
        assertThat(sent.exit()).as(sent.errors()).isZero();
      }
      String right = Signature.of(new Secret("abc"), "{}".getBytes(UTF_8));
      assertThat(signatures).containsExactly(right, right);
    } finally {
      server.stop(0);
    }
  }
}
