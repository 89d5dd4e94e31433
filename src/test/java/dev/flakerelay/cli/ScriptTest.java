package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.flakerelay.support.Await;
import dev.flakerelay.support.Execution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code ./relay} itself. */
@Tag("slow")
class ScriptTest {
  @TempDir Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"", "C", "xx_XX.UTF-8"})
  void runsFromAnyFolderWhateverTheLocaleIs(String locale) throws IOException {
    assumeTrue("UTF-8".equals(System.getProperty("sun.jnu.encoding")), "this JVM can't make it");
    Path root = Files.createDirectories(folder.resolve("Flocken für Jürgen"));
    ScriptTree tree = ScriptTree.in(root);
    Path config = Files.createFile(root.resolve("Größe.yaml"));

    Execution run = tree.run(locale.isEmpty() ? Map.of() : Map.of("LC_ALL", locale), config + "");

    assertThat(run.text()).as(run.errors()).isEqualTo("found\n");
    assertThat(run.exit()).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "demo",
        "serve --config x",
        "update hello --sha x",
        "reconcile --config x",
        "check --online"
      })
  void looksForANixWhereTheCommandRunsIt(String command) throws IOException {
    ScriptTree tree = ScriptTree.in(folder);

    tree.run(Map.of(), command.split(" ", -1));

    assertThat(tree.calls().getFirst()).isEqualTo("nix.sh:");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "--help",
        "-h",
        "update --help",
        "serve -h",
        "send --url x",
        "retry --all",
        "verify .",
        "check --config x",
        "reconcile --dry-run --config x",
        "sevre"
      })
  void neitherBuildsNorLooksForANixOtherwise(String command) throws IOException {
    ScriptTree tree = ScriptTree.in(folder);

    Execution run = tree.run(Map.of(), command.split(" ", -1));

    assertThat(run.text()).as(run.errors()).isEqualTo("not found\n");
    assertThat(tree.calls()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "-V"})
  void theVersionNamesTheNixThatIsThereAndBuildsNone(String option) throws IOException {
    ScriptTree tree = ScriptTree.in(folder);

    Execution run = tree.run(Map.of(), option);

    assertThat(run.text()).as(run.errors()).isEqualTo("not found\n/nowhere/nix\n");
    assertThat(tree.calls()).containsExactly("nix.sh:--about");
  }

  @Test
  void aServiceHasItsNixRenewedEachDayUntilItEnds() throws IOException {
    ScriptTree tree = ScriptTree.in(folder);
    // A day passes at once, the first time.
    tree.program(
        "bin/timeout",
        """
        #!/bin/sh
        echo "day of $PPID" >>"${0%/bin/*}/calls"
        [ "$(grep -c day "${0%/bin/*}/calls")" = 1 ] && exit 124
        shift
        exec "$@"
        """);
    String path = folder.resolve("bin") + ":" + System.getenv("PATH");

    Execution run = tree.run(Map.of("PATH", path), "serve");

    assertThat(run.exit()).as(run.errors()).isZero();
    Await.until(Duration.ofMinutes(1), () -> tree.calls().size() == 4);
    assertThat(tree.calls()).filteredOn(call -> call.equals("nix.sh:")).hasSize(2);
    long watcher = Long.parseLong(tree.calls().getLast().replace("day of ", ""));
    Await.until(
        Duration.ofMinutes(1),
        () -> ProcessHandle.of(watcher).filter(ProcessHandle::isAlive).isEmpty());
  }
}
