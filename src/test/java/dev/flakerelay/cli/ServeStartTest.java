package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.support.Await;
import dev.flakerelay.support.Execution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** A start that can't succeed says why, in one line, and ends with 2. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
class ServeStartTest {
  private final Path folder;
  private final RelayProgram program;
  private final Path config;

  ServeStartTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    program = RelayProgram.in(folder);
    config =
        Files.writeString(
            folder.resolve("relay.yaml"),
            """
            secrets:
              webhook: [env:RELAY_WEBHOOK_SECRET]
            routes:
              app:
                when: [{ event: release, repository: acme/app }]
                targets: [{ repository: "file:///nowhere", branch: main, input: app }]
            """);
  }

  private static Execution serve(RelayProgram program, Path config, String... more) {
    List<String> arguments = new ArrayList<>(List.of("serve", "--port", "0", "--data"));
    arguments.addAll(List.of(program.data().toString(), "--config", config.toString()));
    arguments.addAll(List.of(more));
    return program.run(arguments.toArray(String[]::new));
  }

  private static void isRefused(Execution run, String... words) {
    assertThat(run.exit()).as(run.errors()).isEqualTo(2);
    assertThat(run.text()).isEmpty();
    assertThat(run.errors().lines()).as(run.errors()).hasSize(1);
    assertThat(run.errors()).startsWith("relay: ").contains(words).doesNotContain("Exception");
  }

  @Test
  void anUnreadableConfigurationIsRefusedInOneLine() {
    isRefused(serve(program, folder.resolve("missing.yaml")), "missing.yaml", "no such file");
  }

  @Test
  void aMissingSecretIsRefusedInOneLine() {
    isRefused(
        serve(program.without("RELAY_WEBHOOK_SECRET"), config),
        "env:RELAY_WEBHOOK_SECRET",
        "is not set");
  }

  @Test
  void anEmptySecretIsRefusedInOneLine() {
    isRefused(
        serve(program.with("RELAY_WEBHOOK_SECRET", ""), config),
        "env:RELAY_WEBHOOK_SECRET",
        "it is empty");
  }

  @Test
  void aMissingNixIsRefusedInOneLine() {
    isRefused(
        serve(program.with("RELAY_NIX", "/nowhere/nix").with("PATH", "/nowhere"), config),
        "no nix program",
        "RELAY_NIX");
  }

  @Test
  void aDataFolderThatCannotBeMadeIsNotTakenForAMissingNix() {
    Execution run = program.run("serve", "--config", config.toString(), "--data", config + "/data");
    isRefused(run, config + "/data", "data folder");
    assertThat(run.errors()).doesNotContain("RELAY_NIX");
  }

  @Test
  void anAddressOfAnotherMachineIsRefusedInOneLine() {
    isRefused(serve(program, config, "--host", "192.0.2.1"), "192.0.2.1", "--host");
  }

  @Test
  void aQueueThatIsNotFifoIsRefusedInOneLine() {
    isRefused(
        serve(program, config, "--queue-url", "https://sqs.eu-central-1.amazonaws.com/1/q"),
        "--queue-url",
        ".fifo");
  }

  @ParameterizedTest
  @CsvSource({
    "--port, 65536",
    "--port, -1",
    "--workers, 0",
    "--retry-delay, PT-1S",
    "--reconcile-every, PT-1H"
  })
  void aValueOutOfRangeIsRefusedInOneLine(String option, String value) {
    isRefused(
        program.run("serve", "--config", config.toString(), option + "=" + value),
        option + " is " + value);
  }

  @Test
  void fiveMistakesInTheConfigurationAreToldAtOnce() throws Exception {
    Path wrong = Mistakes.write(folder);
    Execution run = serve(program, wrong);
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.text()).isEmpty();
    Mistakes.areTold(run.errors(), wrong);
  }

  @Test
  void itSaysAtItsStartWhatItServes() {
    try (ServeProcess serve = program.serve(config)) {
      Await.until(Duration.ofMinutes(1), () -> !serve.events("serving").isEmpty());
      JsonNode serving = serve.events("serving").getFirst();
      assertThat(serving.path("version").asString()).isNotBlank();
      assertThat(serving.path("config").asString()).isEqualTo(config.toString());
      assertThat(serving.path("routes").toString()).isEqualTo("[\"app\"]");
      assertThat(serving.path("nix").asString()).matches("\\d+\\.\\d+.*");
      assertThat(serving.path("data").asString()).isEqualTo(program.data().toString());
    }
    try (ServeProcess serve = program.serve(config, "--log=text")) {
      Await.until(Duration.ofMinutes(1), () -> !serve.errors().isEmpty());
      assertThat(serve.errors().getFirst()).contains(" serving version=", " routes=[app] nix=");
    }
  }

  @Test
  void aListenerThatNobodyCouldBeToldOfIsNotLeft() throws Exception {
    Execution run =
        program.runBy(
            List.of("bash", "-c", "exec \"$@\" >/dev/full", "sh"),
            "serve",
            "--port",
            "0",
            "--data",
            program.data().toString(),
            "--config",
            config.toString());
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.errors()).contains("relay: could not write to stdout: ");
  }

  @Test
  void afterAFailedStartTheDataFolderIsFree() {
    serve(program, config, "--host", "192.0.2.1");
    try (ServeProcess serve = program.serve(config)) {
      assertThat(serve.out()).hasSize(1);
    }
  }
}
