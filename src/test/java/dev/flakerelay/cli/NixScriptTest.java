package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.support.Await;
import dev.flakerelay.support.Execution;
import dev.flakerelay.support.Programs;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code layer/nix.sh} where no nix is installed, with a {@code build.sh} that makes a nix which
 * knows nothing but its version. The real one is tried by {@code layer/test.sh}.
 */
class NixScriptTest {
  private static final String BUILD =
      """
      #!/usr/bin/env bash
      echo "build $*" >>"$LOG"
      case $BUILD in
        fails) echo "build.sh: nobody answers" >&2; exit 1 ;;
        nothing) exit 0 ;;
        waits) until [ -e "$LOG.go" ]; do sleep 0.1; done; exit 0 ;;
      esac
      while [ "$1" != --out ]; do shift; done
      mkdir -p "$2/nix/bin"
      printf '#!/bin/sh\\n[ %s != broken ] && echo "nix (Nix) 2.30.%s"\\n' "$BUILD" "$BUILD" >"$2/nix/bin/nix"
      chmod 755 "$2/nix/bin/nix"
      printf '%s\\n' 'git 1:2.47.3-0' 'libcurl3t64-gnutls 8.14.1-2' 'libssl3t64 3.5.9-1' "nix-bin 2.30.$BUILD-1" >"$2/nix/packages.txt"
      """;

  @TempDir Path folder;
  private Path log;
  private Map<String, String> environment;

  @BeforeEach
  void aMachineWithoutNix() throws IOException {
    log = folder.resolve("log");
    Files.createDirectories(folder.resolve("layer"));
    Files.copy(Path.of("layer/nix.sh"), folder.resolve("layer/nix.sh"));
    program("layer/build.sh", BUILD);
    program("bin/apt-get", "#!/bin/sh\n");
    program("bin/dpkg-deb", "#!/bin/sh\n");
    String path =
        Arrays.stream(System.getenv("PATH").split(File.pathSeparator, -1))
            .filter(entry -> !Files.exists(Path.of(entry, "nix")))
            .collect(Collectors.joining(File.pathSeparator));
    environment =
        Map.of(
            "PATH", folder.resolve("bin") + File.pathSeparator + path,
            "XDG_CACHE_HOME", folder.resolve("cache").toString(),
            "LOG", log.toString());
  }

  @Test
  void buildsOnceAndAsksForNewerPackagesOnceADay() throws IOException {
    Execution first = nix("1");
    Execution second = nix("2");
    ago("asked", Duration.ofHours(25));
    Execution third = nix("nothing");
    Execution fourth = nix("nothing");

    assertThat(first.errors()).containsOnlyOnce("\n").contains("building one");
    assertThat(second.errors()).isEmpty();
    assertThat(third.errors()).containsOnlyOnce("\n").contains("once a day");
    assertThat(fourth.errors()).isEmpty();
    assertThat(version(fourth)).isEqualTo("nix (Nix) 2.30.1\n");
    assertThat(Files.readAllLines(log)).hasSize(2);
    assertThat(Files.readAllLines(log).getLast()).contains("--newer-than", "/nix/packages.txt");
  }

  @Test
  void whatIsNewerTakesThePlaceOfTheOldWhoseLastRunsGoOn() throws IOException {
    Path old = Path.of(nix("1").text().strip()).toRealPath();
    ago("asked", Duration.ofDays(2));
    Execution second = nix("2");

    assertThat(version(second)).isEqualTo("nix (Nix) 2.30.2\n");
    assertThat(old).exists();

    ago("asked", Duration.ofDays(2));
    assertThat(version(nix("3"))).isEqualTo("nix (Nix) 2.30.3\n");
    assertThat(old).doesNotExist();
  }

  @ParameterizedTest
  @ValueSource(strings = {"fails", "broken"})
  void aRebuildThatFailsKeepsTheOldOneAndIsToldAfterAMonth(String how) throws IOException {
    nix("1");
    ago("asked", Duration.ofDays(2));
    Execution failed = nix(how);
    ago("compared", Duration.ofDays(31));
    Execution late = nix(how);

    assertThat(failed.exit()).isZero();
    assertThat(failed.errors()).containsOnlyOnce("\n").doesNotContain("warning");
    assertThat(version(failed)).isEqualTo("nix (Nix) 2.30.1\n");
    assertThat(late.exit()).isZero();
    assertThat(late.errors())
        .containsOnlyOnce("\n")
        .contains("warning", how.equals("fails") ? "nobody answers" : "does not run");
    assertThat(version(late)).isEqualTo("nix (Nix) 2.30.1\n");
  }

  @Test
  void aClockThatWasAheadPutsNoQuestionOff() throws IOException {
    nix("1");
    ago("asked", Duration.ofDays(-400));

    assertThat(version(nix("2"))).isEqualTo("nix (Nix) 2.30.2\n");
  }

  @Test
  void whoComesWhileAnotherAsksUsesWhatIsThere() throws IOException {
    nix("1");
    ago("asked", Duration.ofDays(2));
    var slow = CompletableFuture.supplyAsync(() -> nix("waits"));
    Await.until(Duration.ofMinutes(1), () -> lines() == 2);
    ago("asked", Duration.ofDays(2));

    Execution other = nix("2");

    assertThat(slow).isNotDone();
    assertThat(version(other)).isEqualTo("nix (Nix) 2.30.1\n");
    Files.createFile(Path.of(log + ".go"));
    assertThat(slow.join().text()).isEqualTo(other.text());
  }

  @Test
  void saysWhichNixThatIsOfWhatAndOfWhen() throws IOException {
    String none = about();
    nix("7");
    String today = Instant.now().atZone(ZoneId.systemDefault()).toLocalDate().toString();
    ago("built", Duration.ofDays(3));

    assertThat(none).isEqualTo("no nix on PATH, and none built yet\n");
    assertThat(about())
        .startsWith("nix 2.30.7-1, git 2.47.3-0, openssl 3.5.9-1, curl 8.14.1-2: built ")
        .contains("Debian trixie, newest there on " + today);
    assertThat(Files.readAllLines(log)).hasSize(1);

    program("bin/nix", "#!/bin/sh\necho 'nix (Nix) 2.31.0'\n");
    assertThat(about()).isEqualTo("nix (Nix) 2.31.0, which is " + folder + "/bin/nix\n");
  }

  private Execution nix(String build) {
    return run(build, "bash", "layer/nix.sh");
  }

  private String about() {
    return run("", "bash", "layer/nix.sh", "--about").text();
  }

  private String version(Execution found) {
    return run("", found.text().strip(), "--version").text();
  }

  private Execution run(String build, String... command) {
    Map<String, String> variables = new HashMap<>(environment);
    variables.put("BUILD", build);
    return Execution.of(folder, variables, new byte[0], List.of(command));
  }

  private void program(String name, String text) throws IOException {
    Programs.write(folder.resolve(name), text);
  }

  private Path cache() throws IOException {
    try (var caches = Files.list(folder.resolve("cache/flake-relay"))) {
      return caches.findFirst().orElseThrow();
    }
  }

  private void ago(String stamp, Duration age) throws IOException {
    Files.setLastModifiedTime(cache().resolve(stamp), FileTime.from(Instant.now().minus(age)));
  }

  private int lines() {
    try {
      return Files.readAllLines(log).size();
    } catch (IOException e) {
      return 0;
    }
  }
}
