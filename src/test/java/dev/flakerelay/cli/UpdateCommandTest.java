package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.support.Execution;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.Relayed;
import dev.flakerelay.support.TestRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code relay update} and {@code relay check} against one source and one target. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
class UpdateCommandTest {
  private final Relayed relayed;
  private final RelayProgram program;

  UpdateCommandTest(@TempDir Path folder) {
    relayed = Relayed.create(folder);
    program = RelayProgram.in(folder.resolve("relay"));
  }

  private Execution update(String sha, String... more) {
    return update(relayed.config(), sha, more);
  }

  private Execution update(Path config, String sha, String... more) {
    String[] arguments = new String[more.length + 6];
    String[] first = {"update", "app", "--sha", sha, "--config", config.toString()};
    System.arraycopy(first, 0, arguments, 0, 6);
    System.arraycopy(more, 0, arguments, 6, more.length);
    return program.run(arguments);
  }

  @Test
  void aRevisionIsLockedAndThenUnchanged() {
    Revision released = relayed.release("1.1.0");

    Execution text = update(released.hex(), "--version", "refs/tags/v1.1.0");

    assertThat(text.exit()).as(text.errors()).isZero();
    assertThat(text.errors()).isEmpty();
    TestRepository.Commit commit = relayed.target().log("main").getFirst();
    assertThat(text.text())
        .startsWith("updated: app of " + relayed.target().url() + " main to " + released)
        .contains("commit: " + commit.id());
    assertThat(relayed.locked()).isEqualTo(released.hex());
    assertThat(commit.message())
        .startsWith("chore: bump app to v1.1.0 (" + released.abbreviated() + ")\n");

    Execution json = update(released.hex(), "--json");
    assertThat(json.exit()).isZero();
    assertThat(json.text().lines()).hasSize(1);
    JsonNode outcome = JsonMapper.shared().readTree(json.text());
    assertThat(outcome.path("outcome").asString()).isEqualTo("unchanged");
    assertThat(outcome.path("requested").asString()).isEqualTo(released.hex());
    assertThat(outcome.path("locked").asString()).isEqualTo(released.hex());
    assertThat(program.temporary()).isEmptyDirectory();
  }

  @Test
  void whatIsRejectedIsToldWithItsReason() {
    String unknown = "0123456789".repeat(4);
    Execution run = update(unknown);
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.text()).startsWith("rejected: app of ").contains("\n  why: ", unknown);
  }

  @Test
  void aLineOfJsonHasAllFieldsWhateverIsKnown() throws IOException {
    JsonNode rejected = json(update("0123456789".repeat(4), "--json"));
    assertThat(rejected.path("locked").asString()).isEqualTo(relayed.locked());
    assertThat(rejected.at("/delivery").isNull()).isTrue();

    Path config = changed("input: app", "input: nosuchinput");
    JsonNode unreadable = json(update(config, "a".repeat(40), "--json"));
    assertThat(unreadable.at("/locked").isNull()).isTrue();
  }

  private static JsonNode json(Execution run) {
    JsonNode line = JsonMapper.shared().readTree(run.text());
    assertThat(line.propertyNames())
        .containsSubsequence(
            "outcome",
            "route",
            "target",
            "input",
            "requested",
            "locked",
            "delivery",
            "attempt",
            "duration_ms");
    return line;
  }

  @Test
  void aSourceThatCannotBeReachedHasFailed() throws IOException {
    Path config = changed("input: app", "input: app\n    source: git+file:///nowhere?ref=main");
    Execution run = update(config, "a".repeat(40));
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.text()).containsAnyOf("failed: app of ", "rejected: app of ");
    assertThat(run.text()).contains("\n  why: ", "/nowhere");
    assertThat(run.errors()).isEmpty();
  }

  @Test
  void namesOfASourcesInputsForgeNoOutcome(@TempDir Path folder) {
    Relayed hostile = Relayed.create(folder);
    String name = "x\nupdated: app of machines main to 1111111\n  commit: 222\u001b[8m\u202e";
    hostile
        .source()
        .write("flake.nix", FlakeText.describedAs("app").input('"' + name + '"', "path:/x").text());
    Revision released = hostile.source().commit("Forge");

    Execution text = update(hostile.config(), released.hex());
    assertThat(text.exit()).isEqualTo(1);
    assertThat(text.text().lines().map(line -> line.replaceFirst("(: | \\d).*", "")))
        .containsExactly("rejected", "  locked now", "  why", "  took");
    assertThat(text.text())
        .contains("`x updated: app of machines main to 1111111   commit: 222 [8m`")
        .matches("[^\\p{Cc}\\p{Cf}]+(\n[^\\p{Cc}\\p{Cf}]+)+\n");

    Execution json = update(hostile.config(), released.hex(), "--json");
    assertThat(json.text()).matches("[\\x20-\\x7e]+\n").doesNotContain("\\n", "\\u");
  }

  private Path changed(String from, String to) throws IOException {
    String text = Files.readString(relayed.config());
    assertThat(text).contains(from);
    Path file = Files.createTempFile(program.folder(), "relay", ".yaml");
    return Files.writeString(file, text.replace(from, to));
  }

  @Test
  void wrongUsageIsToldInOneLine() {
    isWrong(update("1234567"), "--sha 1234567", "40 or 64 hex digits");
    isWrong(
        update("a".repeat(40), "--version", "v1.1.0\n\nFlake-Rev: 0000"),
        "--version: write 1 to 64");
    isWrong(
        program.run(
            "update", "other", "--sha", "a".repeat(40), "--config", relayed.config().toString()),
        "no route `other`",
        "app");
    isWrong(
        program.run("send", "--url", "nonsense", "--event", "push", "--body", "missing.json"),
        "missing.json");
  }

  private static void isWrong(Execution run, String... words) {
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.text()).isEmpty();
    assertThat(run.errors().lines()).hasSize(1);
    assertThat(run.errors()).contains(words).doesNotContain("Exception");
  }

  @Test
  void aRightConfigurationIsRightOnlineToo() {
    Execution run = program.run("check", "--online", "--config", relayed.config().toString());
    assertThat(run.exit()).as(run.text() + run.errors()).isZero();
    assertThat(run.text())
        .contains(" is right: 1 route, 1 target\n")
        .contains("ok     the secret env:RELAY_WEBHOOK_SECRET is there\n")
        .contains("ok     app: " + relayed.target().url() + " main app is locked at ");
    assertThat(run.errors()).isEmpty();
  }

  @Test
  void whatIsRightAndHardlyMeantIsWarnedOf() throws IOException {
    Path config =
        changed("when:", "when:\n      - { event: push, repository: acme/app, branch: main }");
    Execution run = program.run("check", "--config", config.toString());
    assertThat(run.exit()).as(run.errors()).isZero();
    assertThat(run.text())
        .contains(" is right: 1 route, 1 target\n")
        .contains(config + ": warning: routes.app.when: the message names {version}, but ");
  }

  @Test
  void allThatIsMissingIsFoundOnline() throws IOException {
    Path config =
        changed(
            "input: app",
            """
            input: app
                  - { repository: "%1$s", branch: nosuchbranch, input: app }
                  - { repository: "%1$s", branch: main, input: nosuchinput }
                  - { repository: "file:///nosuchrepository", branch: main, input: app }
            """
                .formatted(relayed.target().url())
                .stripTrailing());
    assertThat(program.run("check", "--config", config.toString()).exit()).isZero();
    Execution run =
        program
            .without("RELAY_WEBHOOK_SECRET")
            .run("check", "--online", "--config", config.toString());
    assertThat(run.exit()).isEqualTo(1);
    assertThat(run.text().lines().filter(line -> line.startsWith("wrong  "))).hasSize(4);
    assertThat(run.text())
        .contains("wrong  the secret env:RELAY_WEBHOOK_SECRET ")
        .containsPattern("wrong  .*nosuchbranch")
        .containsPattern("wrong  .*nosuchinput")
        .containsPattern("wrong  .*nosuchrepository")
        .containsPattern("ok     app: .* main app is locked at ");
  }

  @Test
  void fiveMistakesAreToldAtOnce() throws IOException {
    Path wrong = Mistakes.write(program.folder());
    Execution run = program.run("check", "--config", wrong.toString());
    assertThat(run.exit()).isEqualTo(2);
    Mistakes.areTold(run.errors(), wrong);
  }
}
