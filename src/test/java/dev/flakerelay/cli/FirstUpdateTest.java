package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.support.Execution;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.GitHttpServer;
import dev.flakerelay.support.Relayed;
import dev.flakerelay.support.TestRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What {@code check --online} calls ok the first job does not reject; and {@code --dry-run}. */
@Tag("slow")
class FirstUpdateTest {
  private final Path folder;
  private final Relayed relayed;
  private final RelayProgram program;
  private @Nullable TestRepository work;

  FirstUpdateTest(@TempDir Path folder) {
    this.folder = folder;
    relayed = Relayed.create(folder);
    program = RelayProgram.in(folder.resolve("relay"));
  }

  private Execution check(Path config) {
    return program.run("check", "--online", "--config", config.toString());
  }

  private void push(String file, String text) {
    Path clone = folder.resolve("clone");
    TestRepository known = work == null ? relayed.target().fullClone(clone) : work;
    work = known;
    known.write(file, text).commit("Change " + file);
    known.git("push", "--quiet", relayed.target().url(), "HEAD:main");
  }

  private Path changed(String from, String to) throws IOException {
    String text = Files.readString(relayed.config());
    assertThat(text).contains(from);
    return Files.writeString(folder.resolve("changed.yaml"), text.replace(from, to));
  }

  private void isWrong(Path config, String... words) {
    Execution run = check(config);
    assertThat(run.exit()).as(run.text() + run.errors()).isEqualTo(1);
    assertThat(run.text().lines().filter(line -> line.startsWith("wrong  app: ")))
        .as(run.text())
        .singleElement()
        .asString()
        .contains(words);
    assertThat(run.text()).doesNotContain("ok     app: ");
  }

  @Test
  void whatTheFirstJobWouldRejectIsNotOk() throws IOException {
    Revision released = relayed.release("1.1.0");
    String right = relayed.target().show(relayed.target().head("main"), "flake.nix");

    push("flake.nix", FlakeText.describedAs("target").text());
    isWrong(relayed.config(), "app");

    push("flake.nix", "{ inputs.app.url = ");
    isWrong(relayed.config(), "nix");

    push("flake.nix", right);
    isWrong(changed("input: app\n", "input: lib\n"), "lib");
    isWrong(changed("branch: main\n", "branch: main\n        directory: hosts\n"), "hosts");
    isWrong(
        changed(
            "    targets:",
            "    source: \"git+file://"
                + relayed.source().directory()
                + "?ref=stable\"\n    targets:"),
        "stable");

    Execution right2 = check(relayed.config());
    assertThat(right2.exit()).as(right2.text() + right2.errors()).isZero();
    assertThat(right2.text()).contains("ok     app: ", released.abbreviated());
  }

  @Test
  void aTokenThatMayOnlyReadIsTold() throws IOException {
    try (GitHttpServer server = GitHttpServer.serving(folder).refusePushes()) {
      Path config = changed(relayed.target().url(), server.url("target.git"));
      isWrong(config, "could not push to " + server.url("target.git"), "the server refused");
    }
    try (GitHttpServer server = GitHttpServer.serving(folder).requireBasicAuth("x", "y")) {
      isWrong(changed(relayed.target().url(), server.url("target.git")), "secrets.git");
    }
  }

  @Test
  void withoutNixTheRestIsCheckedAllTheSame() {
    Execution run =
        program
            .with("RELAY_NIX", "/nowhere/nix")
            .with("PATH", "/usr/bin:/bin")
            .run("check", "--online", "--config", relayed.config().toString());
    assertThat(run.exit()).as(run.text() + run.errors()).isZero();
    assertThat(run.text()).contains("ok     app: ");
    assertThat(run.errors()).startsWith("relay: flake.nix is not read: ");
  }

  @Test
  void aDryRunShowsTheDiffAndPushesNothing() {
    Revision before = relayed.target().head("main");
    String locked = relayed.locked();
    Revision released = relayed.release("1.1.0");
    String[] update = {
      "update", "app", "--sha", released.hex(), "--config", relayed.config().toString(), "--dry-run"
    };

    Execution text = program.run(update);
    assertThat(text.exit()).as(text.errors()).isZero();
    assertThat(text.text())
        .startsWith("updated: app of ")
        .contains("not pushed")
        .contains("\n--- a/flake.lock\n+++ b/flake.lock\n@@ ")
        .containsPattern("\n-.*\"rev\": \"" + locked)
        .containsPattern("\n\\+.*\"rev\": \"" + released);
    update[update.length - 1] = "--json";
    String[] both = Arrays.copyOf(update, update.length + 1);
    both[update.length] = "--dry-run";
    JsonNode json = JsonMapper.shared().readTree(program.run(both).text());
    assertThat(json.path("outcome").asString()).isEqualTo("updated");
    assertThat(json.path("dry_run").asBoolean()).isTrue();
    assertThat(json.path("diff").asString()).startsWith("--- a/flake.lock\n");
    assertThat(relayed.target().head("main")).isEqualTo(before);

    both[3] = "a".repeat(40);
    Execution rejected = program.run(both);
    assertThat(rejected.exit()).isEqualTo(1);
    assertThat(JsonMapper.shared().readTree(rejected.text()).path("outcome").asString())
        .isEqualTo("rejected");
    both[3] = locked;
    assertThat(program.run(both).text()).contains("\"outcome\":\"unchanged\"", "\"diff\":\"\"");
  }
}
