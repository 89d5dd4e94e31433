package dev.flakerelay.lock;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flakerelay.PermanentException;
import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.nix.TestRules;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Paths within sources, in a lock file: where each leads depends on whose it is. */
class LockGateTest {
  private final LockGate gate = TestRules.gate(TestRules.GITHUB);

  private static FlakeLock lock(String folder, String path, String next) throws PermanentException {
    String text =
        """
        {'version': 7, 'root': 'root', 'nodes': {
          'root': {'inputs': {'app': 'app'}},
          'app': {
            'inputs': {'a': 'a'},
            'locked': {'type': 'github', 'owner': 'o', 'repo': 'r', 'dir': 'FOLDER'}},
          'a': {
            'inputs': {'b': 'b'}, 'parent': ['app'],
            'locked': {'type': 'path', 'path': 'PATH'}},
          'b': {'parent': ['app', 'a'], 'locked': {'type': 'path', 'path': 'NEXT'}}}}
        """
            .replace("FOLDER", folder)
            .replace("PATH", path)
            .replace("NEXT", next)
            .replace('\'', '"');
    return FlakeLock.parse(text.getBytes(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @CsvSource({"'', a, b", "x, ../a, ../b", "x/y, ../../a, .", "'', ./a/b, ../../c"})
  void aPathWithinASourcePasses(String folder, String path, String next) throws Exception {
    gate.check(lock(folder, path, next), "the lock");
  }

  @ParameterizedTest
  @CsvSource({
    "'', ../a, b",
    "x, ../../a, b",
    "'', a, ../../etc",
    "'', a/../../b, b",
    "'', a, ../b/../../c"
  })
  void aPathOutOfASourceIsRefused(String folder, String path, String next) {
    assertThatExceptionOfType(PermanentException.class)
        .isThrownBy(() -> gate.check(lock(folder, path, next), "the lock"))
        .withMessageContaining("leads out of its source");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "['nowhere']", "['app', 'same']", "'app'"})
  void aPathOfNobodyKnownIsRefused(String parent) {
    String text =
        """
        {'version': 7, 'root': 'root', 'nodes': {
          'root': {'inputs': {'app': 'app'}},
          'app': {'inputs': {'a': 'a', 'same': ['app']}, 'locked': {'type': 'github'}},
          'a': {'parent': PARENT, 'locked': {'type': 'path', 'path': '../../etc'}}}}
        """
            .replace("PARENT", parent);
    assertThatExceptionOfType(PermanentException.class)
        .isThrownBy(
            () ->
                gate.check(
                    FlakeLock.parse(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8)),
                    "the lock"));
  }

  @Test
  void aCircleOfPathsIsRefused() {
    String text =
        """
        {'version': 7, 'root': 'root', 'nodes': {
          'root': {'inputs': {'a': 'a'}},
          'a': {'inputs': {'a': 'a'}, 'parent': ['a'], 'locked': {'type': 'path', 'path': 'x'}}}}
        """;
    assertThatExceptionOfType(PermanentException.class)
        .isThrownBy(
            () ->
                gate.check(
                    FlakeLock.parse(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8)),
                    "the lock"));
  }
}
