package dev.flakerelay.lock;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import dev.flakerelay.flake.FlakeLock;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LockProofTest {
  private static final String OLD = "a".repeat(40);
  private static final String NEW = "b".repeat(40);

  /** A lock file of version 7 with the inputs {@code app}, {@code other} and {@code alias}. */
  private static String lock() {
    return """
    {"version": 7, "root": "root", "nodes": {
      "root": {"inputs": {"app": "n1", "other": "n2", "alias": ["app"]}},
      "n1": {"locked": {"rev": "APP"}, "original": {"ref": "main"}, "inputs": {"deep": "n3"}},
      "n2": {"locked": {"rev": "OTHER"}, "original": {"ref": "main"}, "inputs": {"deep": "n3"}},
      "n3": {"locked": {"rev": "DEEP"}, "original": {"ref": "main"}}}}
    """
        .replace("APP", OLD)
        .replace("OTHER", "c".repeat(40))
        .replace("DEEP", "d".repeat(40));
  }

  private static void check(String after) throws JobException {
    LockProof.check(
        parse(lock()),
        parse(after),
        Set.of("app"),
        new Revision(NEW),
        Deadline.NONE.computation("could not prove it"));
  }

  private static FlakeLock parse(String text) throws PermanentException {
    return FlakeLock.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  private static String moved() {
    return lock().replace(OLD, NEW);
  }

  @Test
  void theInputMovedAndNothingElse() {
    assertThatCode(() -> check(moved())).doesNotThrowAnyException();
  }

  @Test
  void nodesMayBeRenamed() {
    assertThatCode(() -> check(moved().replace("n3", "n3_2").replace("n1", "app_2")))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"version\": 7|\"version\": 6|would lower flake.lock's version from 7 to 6",
        "bbbbbbbb\"}, \"original\": {\"ref\": \"main\"}|bbbbbbbb\"}, \"original\": {\"ref\": \"x\"}"
            + "|flake.nix asks for the input `app` as {\"ref\":\"x\"}, its lock as",
        "cccccccc\"|cccccccd\"|would also move the input `other` from cccc",
        "dddddddd\"|dddddddc\"|would also move the input `other/deep` from dddd",
        "[\"app\"]|[\"other\"]|would also move the input `alias` from following `app`"
            + " to following `other`: a flake.nix was changed",
        "\"alias\": [\"app\"]|\"alias\": \"n2\"|the input `alias` from following `app` to cccc",
        "cccccccc\"}|cccccccc\", \"narHash\": \"x\"}|the input `other` from nothing to x"
            + " (locked.narHash): this nix locks it otherwise",
        ", \"alias\": [\"app\"]|''|would also move the input `alias` from following `app`"
            + " to nothing",
        "\"alias\":|\"more\": \"n2\", \"alias\":|would also move the input `more` from nothing",
        "\"app\": \"n1\"|\"app\": [\"other\"]|the input `app` follows `other`"
      })
  void anythingElseIsRefused(String what, String by, String reason) {
    String after = moved().replace(what, by);

    assertThatExceptionOfType(PermanentException.class)
        .isThrownBy(() -> check(after))
        .withMessageContaining(reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"deep\": \"n3\"|\"deep\": [\"other\"]",
        "\"deep\": [\"other\"]|\"deep\": \"n3\"",
        "\"deep\": [\"other\"]|\"deep\": [\"alias\"]",
        "\"deep\": [\"other\"]|\"deep\": [\"app\", \"x\"]"
      })
  void whatAnInputOfTheMovedInputFollowsIsAsBefore(String was, String is) {
    String before = lock().replace("\"inputs\": {\"deep\": \"n3\"}", "\"inputs\": {" + was + "}");
    String after = before.replace(OLD, NEW).replace(was, is);

    assertThatExceptionOfType(PermanentException.class)
        .isThrownBy(
            () ->
                LockProof.check(
                    parse(before),
                    parse(after),
                    Set.of("app"),
                    new Revision(NEW),
                    Deadline.NONE.computation("could not prove it")))
        .withMessageContaining("would also change what the input `app/deep` follows")
        .withMessageContaining("Run `nix flake lock` and push");
  }

  @Test
  void theMovedInputsOwnFollowsAreItsOwn() {
    String after = moved().replaceFirst("\"deep\": \"n3\"", "\"deep\": [\"app\", \"x\"]");
    assertThatCode(() -> check(after)).doesNotThrowAnyException();
  }

  @Test
  void anInputThatDidNotMoveIsRefused() {
    assertThatExceptionOfType(PermanentException.class)
        .isThrownBy(() -> check(lock()))
        .withMessage("nix locked the input `app` at " + OLD + ", not at " + NEW);
  }
}
