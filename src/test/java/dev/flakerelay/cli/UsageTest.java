package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.support.Answer;
import dev.flakerelay.support.Execution;
import dev.flakerelay.support.Programs;
import dev.flakerelay.support.TestHttpServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What a person is told who does not know the commands yet, or waits for one. */
@Tag("slow")
class UsageTest {
  private static final int COLUMNS = 80;

  private final RelayProgram program;

  UsageTest(@TempDir Path folder) {
    program = RelayProgram.in(folder);
  }

  private static String usage(CommandLine command) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    command.usage(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void everyHelpFitsInto80ColumnsAndNoSummaryEndsInTheMiddle() {
    CommandLine relay = Main.commandLine();
    assertThat(usage(relay).lines().filter(line -> line.matches(" {2}[a-z]+ +[A-Z].*")))
        .hasSize(relay.getSubcommands().size())
        .allMatch(line -> line.endsWith("."));
    Stream.concat(Stream.of(relay), below(relay))
        .forEach(
            command ->
                assertThat(usage(command).lines()).allMatch(line -> line.length() <= COLUMNS));
  }

  private static Stream<CommandLine> below(CommandLine command) {
    return command.getSubcommands().values().stream()
        .flatMap(each -> Stream.concat(Stream.of(each), below(each)));
  }

  @Test
  void bashCompletesCommandsAndOptions() {
    byte[] script = program.run("completion", "bash").output();
    String ask =
        "eval \"$(cat)\"; COMP_WORDS=(relay \"$@\"); COMP_CWORD=$#; _complete_relay relay"
            + " \"${@: -1}\"; printf '%s\\n' \"${COMPREPLY[@]}\"";
    assertThat(bash(script, ask, "ser")).isEqualTo("serve\n");
    assertThat(bash(script, ask, "serve", "--adm")).isEqualTo("--admin\n");
  }

  private String bash(byte[] input, String script, String... words) {
    List<String> command = new ArrayList<>(List.of("bash", "-c", script, "bash"));
    command.addAll(List.of(words));
    return Execution.of(program.folder(), program.environment(), input, command).succeeded().text();
  }

  @Test
  void aCommandHasAManualPage() {
    assertThat(program.run("man", "serve").text())
        .startsWith(".TH \"RELAY-SERVE\" 1 ")
        .contains(".SH OPTIONS\n", "\n.B \\-\\-admin HOST:PORT\n", "\n.B \\-\\-port PORT\n");
    Execution none = program.run("man", "sevre");
    assertThat(none.exit()).isEqualTo(2);
    assertThat(none.errors()).contains("there is no command sevre", "serve");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          serve --confg x              | relay: Unknown option: '--confg': did you mean --config?
          serve --confg=x              | relay: Unknown option: '--confg': did you mean --config?
          serve --config x --prot 1    | relay: Unknown option: '--prot': did you mean --port?
          update app --confg x --sha 1 | relay: Unknown option: '--confg': did you mean --config?
          reconcile --config x --dryrun| relay: Unknown option: '--dryrun': did you mean --dry-run?
          check --onlin                | relay: Unknown option: '--onlin': did you mean --online?
          sevre                        | relay: there is no command sevre: did you mean serve?
          serv --config x              | relay: there is no command serv: did you mean serve?
          udpate                       | relay: there is no command udpate: did you mean update?
          chek --config x              | relay: there is no command chek: did you mean check?
          --verison                    | relay: Unknown option: '--verison': did you mean --version?
          app crate                    | relay: there is no command crate: did you mean create?
          app                          | relay: Missing required subcommand
          app create --hots x          | relay: Unknown option: '--hots': did you mean --host?
          app create --key app.pem     | relay: --key: write where it goes: file:PATH or aws:SECRET_ID
          app create --host http://x   | relay: --host: not a host's name: write it without scheme, port and wildcard, for example github.com
          app create --organization a/b| relay: --organization: not the name of an organization
          help sevre                   | relay: there is no command sevre: did you mean serve?
          deploy                       | relay: there is no command deploy: known are demo, serve, status, update, reconcile, retry, send, check, verify, app, completion, man, help
          serve                        | relay: Missing required option: '--config=FILE'
          serve --config               | relay: Missing required parameter for option '--config' (FILE)
          """)
  void aMistypedWordIsToldWithTheRightOne(String arguments, String told) {
    StringWriter errors = new StringWriter();
    int exit =
        Main.commandLine().setErr(new PrintWriter(errors, true)).execute(arguments.split(" +"));
    assertThat(exit).isEqualTo(2);
    if (!arguments.startsWith("help")) { // told on stderr, as all that fails later
      assertThat(errors.toString().lines()).startsWith(told).hasSizeLessThanOrEqualTo(2);
    }
  }

  @Test
  void helpIsACommandToo() {
    Execution help = program.run("help");
    assertThat(help.exit()).isZero();
    assertThat(help.text()).isEqualTo(program.run("--help").text()).contains("\n  serve ");
    Execution ofServe = program.run("help", "serve");
    assertThat(ofServe.exit()).isZero();
    assertThat(ofServe.text()).startsWith("Usage: relay serve [-h]");
    Execution wrong = program.run("help", "sevre");
    assertThat(wrong.exit()).isEqualTo(2);
    assertThat(wrong.errors()).isEqualTo("relay: there is no command sevre: did you mean serve?\n");
  }

  @Test
  void aResultThatCannotBeWrittenIsAFailure() throws Exception {
    Path config = Files.copy(Path.of("config/relay.yaml"), program.folder().resolve("relay.yaml"));
    // A full disk, and a pipe whose reader has ended.
    for (String into : List.of("exec 3>/dev/full", "exec 3> >(:); wait $!")) {
      Execution run =
          program.runBy(
              List.of("bash", "-c", into + "; \"$@\" >&3", "sh"),
              "check",
              "--config",
              config.toString());
      assertThat(run.exit()).as(into).isEqualTo(1);
      assertThat(run.errors())
          .as(into)
          .isEqualTo("relay: could not write to stdout: the disk is full, or nobody reads it\n");
    }
  }

  @Test
  void aCommandThatWaitsSaysForWhat() throws Exception {
    // Takes connections, and never answers.
    try (ServerSocket silent = new ServerSocket(0);
        StartedProgram verify =
            program.start("verify", "http://127.0.0.1:" + silent.getLocalPort() + "/x.git")) {
      verify.await(verify.errors(), "relay: waiting for Git on 127.0.0.1\n");
      assertThat(StartedProgram.text(verify.out())).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 401, 503})
  void aDeliveryThatWasNotAcceptedIsAFailure(int status) throws Exception {
    Path body = Files.writeString(program.folder().resolve("body.json"), "{}");
    try (TestHttpServer server = TestHttpServer.plain(_ -> Answer.text(status, "{}"))) {
      Execution sent =
          program.run(
              "send",
              "--event",
              "push",
              "--body",
              body.toString(),
              "--url",
              "http://127.0.0.1:" + server.port() + "/webhook");
      assertThat(sent.text()).isEqualTo(status + " {}\n");
      assertThat(sent.exit()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @CsvSource({"INT, 130", "TERM, 143"})
  void aDemoThatIsStoppedLeavesNothing(String signal, int exit) throws Exception {
    try (StartedProgram demo = program.startInForeground("demo")) {
      demo.await(demo.out(), "The source releases version 1.1.0");
      List<ProcessHandle> programs = demo.process().descendants().toList();
      assertThat(demo.signal(signal)).isEqualTo(exit);
      assertThat(program.temporary()).isEmptyDirectory();
      assertThat(programs).noneMatch(Programs::runs);
    }
  }
}
