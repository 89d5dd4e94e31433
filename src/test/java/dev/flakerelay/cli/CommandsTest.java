package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.support.Execution;
import dev.flakerelay.support.TestRepository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What all commands have in common, and the demo. */
@Tag("slow")
@Order(1)
class CommandsTest {
  private final RelayProgram program;

  CommandsTest(@TempDir Path folder) {
    program = RelayProgram.in(folder);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"demo", "serve", "update", "reconcile", "retry", "send", "check", "verify"})
  void everyCommandHasHelp(String command) {
    Execution help = program.run(command, "--help");
    assertThat(help.exit()).isZero();
    assertThat(help.text()).startsWith("Usage: relay " + command + " [-h]");
    assertThat(help.errors()).isEmpty();
  }

  @Test
  void whatACommandDoesNotKnowItRefuses() {
    Execution unknown = program.run("serve", "--colour", "--config", "relay.yaml");
    assertThat(unknown.exit()).isEqualTo(2);
    assertThat(unknown.text()).isEmpty();
    assertThat(unknown.errors()).contains("Unknown option: '--colour'").doesNotContain("Exception");
  }

  @Test
  void withoutACommandTheCommandsAreListed() {
    Execution run = program.run();
    assertThat(run.exit()).isEqualTo(2);
    assertThat(run.errors())
        .contains(
            "\n  demo ",
            "\n  serve ",
            "\n  update ",
            "\n  reconcile ",
            "\n  retry ",
            "\n  send ",
            "\n  check ",
            "\n  verify ");
    assertThat(program.run("--version").text()).startsWith("flake-relay ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"http_proxy", "HTTPS_PROXY", "all_proxy"})
  void theDemoNeedsNoProxyThatIsThere(String variable) {
    Execution demo = program.with(variable, "http://127.0.0.1:9").run("demo");

    assertThat(demo.exit()).as(demo.errors()).isZero();
    assertThat(demo.text()).contains("Done: ");
  }

  /** Git sets the variable for hooks and for what a rebase executes. */
  @Test
  void theDemoCommitsNothingToTheRepositoryItIsStartedFrom() {
    TestRepository own = TestRepository.create(program.folder().resolve("own"));
    Revision head = own.write("README", "mine").commit("Mine");

    Execution demo =
        program.with("GIT_DIR", own.directory().resolve(".git").toString()).run("demo");

    assertThat(own.head("main")).isEqualTo(head);
    assertThat(demo.exit()).as(demo.errors()).isZero();
  }

  @Test
  void whatCannotBeSentIsNotBlamedOnTheWrongOne() throws Exception {
    Path body = Files.writeString(program.folder().resolve("body.json"), "{}");
    String[] send = {"send", "--url", "http://127.0.0.1:1/webhook", "--body", body.toString()};

    Execution direct = program.run(with(send, "--event", "ping"));
    assertThat(direct.exit()).isEqualTo(1);
    assertThat(direct.errors()).contains("nobody listens there").hasLineCount(1);

    Execution proxied =
        program.with("http_proxy", "http://127.0.0.1:9").run(with(send, "--event", "ping"));
    assertThat(proxied.exit()).isEqualTo(1);
    assertThat(proxied.errors()).contains("proxy of the environment", "no_proxy").hasLineCount(1);

    Execution split = program.run(with(send, "--event", "pi\nng"));
    assertThat(split.exit()).isEqualTo(2);
    assertThat(split.errors()).contains("--event").hasLineCount(1);
  }

  private static String[] with(String[] arguments, String... more) {
    return Stream.concat(Stream.of(arguments), Stream.of(more)).toArray(String[]::new);
  }

  @Test
  void theDemoShowsTheWholeWayAndLeavesNothing() throws Exception {
    // Left by one that was killed: no process has this id.
    Path abandoned = program.temporary().resolve("relay-demo-" + Integer.MAX_VALUE);
    Files.createDirectories(abandoned.resolve("queue"));

    Execution demo = program.run("demo");

    assertThat(demo.exit()).as(demo.errors()).isZero();
    assertThat(demo.errors()).isEmpty();
    List<String> steps = new ArrayList<>();
    demo.text().lines().filter(line -> line.matches("\\d .*")).forEach(steps::add);
    assertThat(steps).hasSize(7);
    assertThat(demo.text())
        .contains("X-Hub-Signature-256: sha256=", "202 {\"accepted\":", "Flake-Rev: ")
        .contains("+++ b/flake.lock", "Done: ");
    assertThat(program.temporary()).isEmptyDirectory();
    assertThat(program.folder().resolve("home")).doesNotExist();
  }

  @Test
  void aLogIsForPeopleOnlyOnATerminal() throws Exception {
    Path terminal = program.folder().resolve("terminal");
    Files.createSymbolicLink(terminal, Path.of("/dev/pts/7"));
    Path file = program.folder().resolve("file");
    Files.createSymbolicLink(file, Path.of("/var/log/relay.log"));
    assertThat(Terminal.is(terminal)).isTrue();
    assertThat(Terminal.is(file)).isFalse();
    assertThat(Terminal.is(program.folder().resolve("nowhere"))).isFalse();
  }
}
