package dev.flakerelay.nix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Token;
import dev.flakerelay.lock.ForgeToken;
import dev.flakerelay.support.Programs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a program in nix's place is given, and what becomes of it. */
@Tag("slow")
class NixProcessTest {
  private static final String LOCK =
      """
      {"version": 7, "root": "root", "nodes": {
        "root": {"inputs": {"a": "a"}},
        "a": {
          "original": {"type": "github", "owner": "o", "repo": "r"},
          "locked": {"type": "github", "owner": "o", "repo": "r"}}}}
      """;
  private static final NixLimits LIMITS =
      new NixLimits(Duration.ofSeconds(30), 2L << 30, 1 << 20, 4 << 20, 500, 1 << 20);

  @TempDir private Path folder;

  @AfterEach
  void nothingIsLeft() {
    assertThat(folder.resolve("work")).isEmptyDirectory();
    Programs.awaitEndIn(folder);
  }

  @Test
  void seesNothingOfOursButWhatItNeeds() throws Exception {
    run(
        """
        env >> "$0.env"
        for fd in /proc/$$/fd/*; do readlink "$fd" >> "$0.fds"; done
        echo "$@" >> "$0.args"
        """,
        LIMITS);
    Map<String, String> environment = new HashMap<>();
    String multiline = "";
    for (String line : Files.readAllLines(folder.resolve("nix.env"))) {
      int equals = line.indexOf('=');
      if (line.matches("[A-Za-z_0-9]+=.*")) {
        environment.put(line.substring(0, equals), line.substring(equals + 1));
      } else {
        multiline += line + "\n";
      }
    }
    assertThat(environment.keySet())
        .allMatch(
            name ->
                name.matches(
                    "NIX_.*|GIT_.*|[a-z]+_proxy|[A-Z]+_PROXY|HOME|PATH|PWD|OLDPWD|_|SHLVL|TMPDIR|XDG_CACHE_HOME|SSL_CERT_FILE"))
        .doesNotContain("no_proxy", "NO_PROXY");
    assertThat(environment.get("https_proxy"))
        .matches("http://flake-relay:[0-9a-f]{32}@127.0.0.1:\\d+")
        .isEqualTo(environment.get("http_proxy"))
        .isEqualTo(environment.get("all_proxy"))
        .isEqualTo(environment.get("HTTPS_PROXY"));
    assertThat(environment.get("GIT_ALLOW_PROTOCOL")).isEqualTo("https:http:ssh");
    assertThat(environment)
        .containsEntry("GIT_CONFIG_GLOBAL", "/dev/null")
        .containsEntry("GIT_CONFIG_NOSYSTEM", "1")
        .containsEntry("GIT_TERMINAL_PROMPT", "0")
        .doesNotContainKey("GIT_CONFIG_COUNT");
    assertThat(multiline).doesNotContain("s3cret", "t0ken", "access-tokens");
    assertThat(environment.values())
        .noneMatch(value -> value.contains("s3cret") || value.contains("t0ken"));
    String ours = folder.toRealPath().toString();
    assertThat(Files.readAllLines(folder.resolve("nix.fds")))
        .allMatch(file -> file.equals("/dev/null") || file.startsWith(ours));
    assertThat(Files.readString(folder.resolve("nix.args"))).doesNotContain("t0ken", "s3cret");
  }

  @Test
  void mayNotLeaveAProcessBehind() throws Exception {
    run("sleep 300 & echo $! >> \"$0.pid\"\nsleep 0.5", LIMITS);
    assertThat(strays()).isNotEmpty().noneMatch(Optional::isPresent);
  }

  @Test
  void isEndedWithAllItStartedWhenItsTimeIsUp() throws Exception {
    NixLimits tight =
        new NixLimits(Duration.ofSeconds(3), 2L << 30, 1 << 20, 4 << 20, 500, 1 << 20);
    String script = "sh -c 'trap \"\" TERM; sleep 300 & echo $! >> \"$1.pid\"; wait' sh \"$0\"";
    assertThat(catchThrowableOfType(RetryableException.class, () -> run(script, tight)))
        .hasMessageContaining("stopped after 3 s");
    assertThat(strays()).isNotEmpty().noneMatch(Optional::isPresent);
  }

  /** Sixteen at a time have their share also of a machine that has much else to do. */
  @Test
  void thatComputesAllTheTimeIsNotTriedAgain() {
    NixLimits tight =
        new NixLimits(Duration.ofSeconds(3), 2L << 30, 1 << 20, 4 << 20, 500, 1 << 20);
    String script =
        "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do (while :; do :; done) & done; wait";
    assertThat(catchThrowableOfType(PermanentException.class, () -> run(script, tight)))
        .hasMessageContaining("stopped after 3 s, of which it computed");
  }

  @Test
  void mayNotWriteALargeFile() {
    assertThat(rejected("exec head -c 2000000 /dev/zero > large"))
        .message()
        .contains("a file larger than 1048576 bytes");
  }

  @Test
  void mayNotFillTheDisk() {
    String script = "for i in 1 2 3 4 5 6; do head -c 1000000 /dev/zero > file$i; done; sleep 300";
    assertThat(rejected(script)).message().contains("more than 4194304 bytes on disk");
  }

  @Test
  void mayNotMakeManyFiles() {
    String script = "mkdir -p many; i=0; while :; do i=$((i+1)); : > many/$i; done";
    assertThat(rejected(script)).message().contains("more than 500 files");
  }

  @Test
  void thatWasKilledForItsMemoryIsTriedAgain() {
    assertThat(catchThrowableOfType(RetryableException.class, () -> run("kill -9 $$", LIMITS)))
        .hasMessageContaining("too little memory");
  }

  @Test
  void mayNotPrintWithoutEnd() {
    assertThat(rejected("exec yes")).message().contains("bytes");
  }

  private PermanentException rejected(String script) {
    return catchThrowableOfType(PermanentException.class, () -> run(script, LIMITS));
  }

  private List<Optional<ProcessHandle>> strays() throws IOException {
    return Files.readAllLines(folder.resolve("nix.pid")).stream()
        .map(
            pid ->
                ProcessHandle.of(Long.parseLong(pid))
                    .filter(each -> each.info().command().isPresent()))
        .toList();
  }

  /** Runs a shell script that also answers what the real one is asked about a source. */
  private void run(String script, NixLimits limits) throws Exception {
    Path program = folder.resolve("nix");
    Path source = Files.createDirectories(folder.resolve("source"));
    Programs.write(
        program,
        """
        #!/bin/sh
        for word do
          [ "$before" != --write-to ] || echo '{"tree": "%s"}' > "$word"
          before=$word
        done
        """
                .formatted(source)
            + script
            + "\n");
    Map<String, String> environment =
        Map.of(
            "PATH", System.getenv("PATH"),
            "RELAY_GIT_TOKEN", "s3cret",
            "AWS_SECRET_ACCESS_KEY", "s3cret",
            "http_proxy", "http://user:s3cret@proxy.example:3128",
            "no_proxy", "s3cret.example");
    byte[] lock =
        new Nix(program, folder.resolve("work"), limits, environment, TestRules.GITHUB)
            .lock(
                Map.of(
                    "flake.nix", new byte[0], "flake.lock", LOCK.getBytes(StandardCharsets.UTF_8)),
                ".",
                Map.of("a", "github:o/r/" + "1".repeat(40)),
                List.of(new ForgeToken("github.com", 443, new Token("t0ken"))))
            .file();
    assertThat(new String(lock, StandardCharsets.UTF_8)).isEqualTo(LOCK);
  }
}
