package dev.flakerelay.nix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.flakerelay.JobException;
import dev.flakerelay.NotThereException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NixFailureTest {
  private static JobException of(String output) {
    try {
      return NixFailure.of("nix could not lock", output, "/w/scratch-1", () -> "");
    } catch (IOException | JobException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "error: unable to download 'https://github.com/o/r/archive/a.tar.gz': HTTP error 404",
        "error: unable to download 'https://gitlab.com/x': HTTP error 401\n  response body: no",
        "fatal: unable to access 'https://h/r/': The requested URL returned error: 404",
        """
        error:
               … while calling the 'toJSON' builtin
                 at «string»:32:4:
                   31|   flake = import "${folder}";
               error: cannot coerce the built-in function 'getEnv' to a string
        """,
        "error: [json.exception.type_error.316] invalid UTF-8 byte at index 1: 0xFF",
        "error: syntax error, unexpected end of file\n at /x/store/q-source/flake.nix:1:3:",
        "error: undefined variable 'foo'",
        "error: Cannot find Git revision 'a' in ref 'main' of repository 'https://h/r'!",
        "error: source tree referenced by 'github:o/r' does not contain a '/flake.nix' file",
        "error: 'inputs' is not valid",
        "fatal: could not read Username for 'https://h': terminal prompts disabled",
        "error: stack overflow; max-call-depth exceeded",
        "error: infinite recursion encountered",
        "error: something that nobody has seen before",
        "error: input 'lib' follows a non-existent input 'app/lib'",
        "error: cannot find flake 'flake:lib' in the flake registries",
        "error: flake 'x' has an unsupported attribute 'y', at flake.nix:1:1",
        "error: while fetching the input 'github:o/r'\nerror: 'x' is not allowed in pure mode",
        "error: experimental Nix feature 'pipe-operators' is disabled",
        "error: lock file '/x/flake.lock' has unsupported version '8'",
        "error: std::bad_alloc",
        "… while fetching the input 'git+file:///x'\nerror: path '/x' does not exist",
      })
  void whatNoRetryCanHelp(String output) {
    assertThat(of(output)).isInstanceOf(PermanentException.class);
  }

  /** A release's archive is served some seconds after the release was announced. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "error: unable to download 'https://github.com/o/r/archive/a.tar.gz': HTTP error 404",
        "error: Cannot find Git revision 'a' in ref 'main' of repository 'https://h/r'!",
      })
  void whatMayStillCome(String output) {
    assertThat(of(output)).isInstanceOf(NotThereException.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Killed",
        "Segmentation fault",
        "… while fetching the input 'github:o/r'\nerror: something that nobody has seen before",
        "… while fetching the input 'github:o/r'\nerror: expected a digit but got 'x'",
        "… while fetching the input 'github:o/r'\nerror: cannot read the archive",
        "error: cannot open '/x': Too many open files",
        "error: unable to download 'https://h/x': HTTP error 500",
        "error: unable to download 'https://h/x': HTTP error 503\n"
            + " body: flake.nix:1:2 syntax error",
        "error: unable to download 'https://h/x': HTTP error 429",
        "error: unable to download 'https://h/x': HTTP error 403\n body: API rate limit exceeded",
        "error: unable to download 'https://h/x': Could not resolve host: h",
        "error: unable to download 'https://h/x': SSL connect error",
        "… while fetching the input 'github:o/r'\n"
            + "error: Failed to open archive (Truncated tar archive)",
        "error: writing to file: No space left on device",
        "fatal: unable to access 'https://h/r/': Failed to connect to h port 443",
        "fatal: the remote end hung up unexpectedly",
        "fatal: couldn't find remote ref refs/heads/main\nerror: Cannot find Git revision 'a'",
        "fatal: expected flush after ref listing\nerror: Cannot find Git revision 'a' in ref",
        "error: RPC failed; curl 18\nfatal: expected 'packfile'\nerror: Cannot find Git revision",
        """
        error: RPC failed; curl 28 Operation too slow. Less than 1 bytes/sec transferred
        fatal: expected 'packfile'
        error:
               … while calling the 'toJSON' builtin
                 at «string»:32:4:
                   31|   flake = import "${folder}/flake.nix";
                     |    ^
               error: Cannot find Git revision 'a' in ref 'main' of repository 'b'!
        """,
        "fatal: dumb http transport does not support shallow\nerror: Cannot find Git revision",
        "error: SQLite database '/x' is busy: database is locked"
      })
  void whatMayPass(String output) {
    assertThat(of(output)).isInstanceOf(RetryableException.class);
  }

  @Test
  void theLastErrorIsSaidWithoutColoursAndPaths() {
    String output =
        """
        warning: something
        \u001b[31;1merror:\u001b[0m
               … while updating the lock file

               \u001b[31;1merror:\u001b[0m syntax error, unexpected end of file
               at /w/scratch-1/store/0123456789abcdfghijklmnpqrsvwxyz-source/flake.nix:1:1:
        """;

    assertThat(of(output).getMessage())
        .isEqualTo("nix could not lock: syntax error, unexpected end of file at flake.nix:1:1:");
  }

  @Test
  void whatGitSaidFirstIsSaidToo() {
    String output = "fatal: expected flush after ref listing\nerror: Cannot find Git revision 'a'";

    assertThat(of(output).getMessage())
        .isEqualTo(
            "nix could not lock: Cannot find Git revision 'a' (Git said: expected flush after ref"
                + " listing)");
  }

  /** It took minutes once: the work grew with the square of a word's length. */
  @ParameterizedTest
  @ValueSource(strings = {"x", "expected ", "\u001b[1", "/store/", " "})
  void aLongTextOfAStrangersIsCutInNoTime(String part) {
    String text = "error: " + part.repeat(64 * 1024 / part.length());

    JobException failure = assertTimeoutPreemptively(Duration.ofSeconds(30), () -> of(text));

    assertThat(failure.getMessage()).hasSizeLessThan(1000);
  }
}
