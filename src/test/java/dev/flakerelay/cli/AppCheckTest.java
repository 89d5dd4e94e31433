package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.support.AppKeys;
import dev.flakerelay.support.Execution;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.update.publish.PullRequestFlow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code check --online} with a GitHub App says what is missing by its name. */
@Tag("slow")
@OneAtATime
class AppCheckTest {
  private static final Map<String, String> ALL =
      Map.of("contents", "write", "pull_requests", "write", "statuses", "write", "checks", "read");

  @TempDir Path folder;
  private PullRequestFlow flow;
  private RelayProgram program;
  private Path config;

  @BeforeEach
  void host() throws Exception {
    flow = new PullRequestFlow(folder, "source");
    flow.forge.githubApps().register("1234", AppKeys.pair().getPublic());
    Path key = Files.writeString(folder.resolve("app.pem"), AppKeys.pkcs1(AppKeys.pair()));
    config =
        Files.writeString(
            folder.resolve("check.yaml"),
            """
            secrets:
              webhook: [env:RELAY_WEBHOOK_SECRET]
              github-app: { id: 1234, key: "file:%s" }
            routes:
              tools:
                when: [{ event: push, repository: acme/source, branch: main }]
                targets: [{ repository: https://github.com/acme/target.git, branch: main, input: source }]
                publish: pull-request
                checks: required
            """
                .formatted(key));
    program = RelayProgram.in(folder.resolve("relay"));
    flow.forge.environment().forEach((name, value) -> program = program.with(name, value));
  }

  @AfterEach
  void stop() {
    flow.close();
  }

  private void isWrong(String... words) {
    Execution run = program.run("check", "--online", "--config", config.toString());
    assertThat(run.exit()).as(run.text() + run.errors()).isEqualTo(1);
    assertThat(run.text().lines().filter(line -> line.startsWith("wrong  tools: ")))
        .as(run.text())
        .singleElement()
        .asString()
        .contains(words);
    flow.forge.githubApps().uninstall();
  }

  private Map<String, String> without(String permission) {
    Map<String, String> granted = new HashMap<>(ALL);
    granted.remove(permission);
    return granted;
  }

  @Test
  void aMissingInstallationAndEachMissingPermissionAreNamed() {
    isWrong("https://github.com/acme/target.git", "is not installed there");
    for (String missing : ALL.keySet()) {
      flow.forge.githubApps().install("1234", without(missing), "acme/source", "acme/target");
      isWrong(
          "lacks the repository permission " + missing + ": " + ALL.get(missing) + ": grant it");
    }
    flow.forge.githubApps().install("1234", ALL, "acme/source", "acme/target");
    Execution right = program.run("check", "--online", "--config", config.toString());
    assertThat(right.text()).doesNotContain("permission").doesNotContain("installed");
  }
}
