package dev.flakerelay.cli;

import dev.flakerelay.VisibleText;
import dev.flakerelay.cli.option.HelpOption;
import dev.flakerelay.cli.option.SecretOption;
import dev.flakerelay.cli.option.SetupException;
import dev.flakerelay.log.Waiting;
import dev.flakerelay.net.OutboundNetwork;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.secret.SecretException;
import dev.flakerelay.webhook.DeliveryHeaders;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code relay send}. */
@Command(
    name = "send",
    sortOptions = false,
    description = {
      "Signs a delivery and posts it as GitHub would.",
      "Prints the answer's status and body. Exit code 1 if nothing was accepted: by any",
      "answer but 202, of which 200 says why the delivery was ignored."
    })
final class SendCommand implements Callable<Integer> {
  /** GitHub gives up after 10 s ("Handling webhook deliveries"). */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private static final int ACCEPTED = 202;

  @Option(
      names = "--url",
      required = true,
      paramLabel = "URL",
      description = "the endpoint, as `serve` prints it")
  private URI url = URI.create("");

  @Option(
      names = "--event",
      required = true,
      paramLabel = "EVENT",
      description = "such as push or repository_dispatch")
  private String event = "";

  @Option(names = "--body", required = true, paramLabel = "FILE", description = "the JSON payload")
  private Path body = Path.of("");

  @Option(
      names = "--secret",
      paramLabel = "env:NAME",
      description = "where the secret is found; without one the delivery is not signed")
  private Optional<String> secret = Optional.empty();

  @Option(
      names = "--delivery",
      paramLabel = "ID",
      description = "the delivery's id; a new one if left out")
  private String delivery = UUID.randomUUID().toString();

  @Mixin
  @SuppressWarnings("unused") // picocli looks at it
  private HelpOption help = new HelpOption();

  @Override
  public Integer call() throws Exception {
    byte[] bytes = bytes();
    HttpRequest.Builder request =
        request().timeout(PATIENCE).POST(HttpRequest.BodyPublishers.ofByteArray(bytes));
    headers(request, bytes);
    try (HttpClient client = HttpClient.newHttpClient();
        Waiting _ = Waiting.on("the answer of " + url.getHost())) {
      HttpResponse<String> answer =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      System.out.println(answer.statusCode() + " " + VisibleText.ofLines(answer.body()));
      return answer.statusCode() == ACCEPTED ? Main.DONE : Main.FAILED;
    } catch (ConnectException e) {
      throw new IOException("could not post to " + url + ": " + nobody(), e);
    } catch (IOException e) {
      throw new IOException("could not post to " + url + ": " + e.getMessage(), e);
    }
  }

  private void headers(HttpRequest.Builder request, byte[] bytes)
      throws SetupException, SecretException {
    try {
      DeliveryHeaders.of(event, delivery, bytes, key()).forEach(request::header);
    } catch (IllegalArgumentException e) {
      throw new SetupException("--event and --delivery: " + e.getMessage(), e);
    }
  }

  private String nobody() {
    return OutboundNetwork.of(System.getenv())
        .proxy(String.valueOf(url.getScheme()), String.valueOf(url.getHost()))
        .map(
            proxy ->
                "nobody listens at the proxy of the environment, "
                    + proxy.getHost()
                    + ": name in no_proxy what it does not lead to")
        .orElse("nobody listens there");
  }

  private Optional<Secret> key() throws SetupException, SecretException {
    return secret.isPresent()
        ? Optional.of(SecretOption.read("--secret", secret.get()))
        : Optional.empty();
  }

  private byte[] bytes() throws SetupException {
    try {
      return Files.readAllBytes(body);
    } catch (NoSuchFileException e) {
      throw new SetupException("--body " + body + ": there is no such file", e);
    } catch (IOException e) {
      throw new SetupException("--body " + body + " can't be read: " + e.getMessage(), e);
    }
  }

  private HttpRequest.Builder request() throws SetupException {
    try {
      return HttpRequest.newBuilder(url);
    } catch (IllegalArgumentException e) {
      throw new SetupException("--url " + url + ": " + e.getMessage(), e);
    }
  }
}
