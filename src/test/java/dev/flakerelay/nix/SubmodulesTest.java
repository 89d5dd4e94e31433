package dev.flakerelay.nix;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flakerelay.PermanentException;
import dev.flakerelay.flake.InputTree;
import dev.flakerelay.flake.SourceFlake;
import dev.flakerelay.lock.LockGate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Where the submodules of a source at GitHub lead, and whether that may be followed. */
class SubmodulesTest {
  private static final LockGate GATE = TestRules.gate(TestRules.GITHUB);

  private static void check(String url, String source) throws PermanentException {
    JsonNode reference =
        JsonMapper.shared().createObjectNode().put("type", "git").put("url", source);
    String text = "[submodule \"a\"]\n\tpath = a\n[submodule \"b\"]\n\tURL = " + url + "\n";
    List<JsonNode> submodules = Submodules.references(text, reference);
    SourceFlake flake = new SourceFlake(reference, List.of(), Optional.empty(), submodules);
    GATE.check(flake, InputTree.EMPTY, "the source");
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://github.com/a/b.git", "../b", "../../other/b.git", "./b"})
  void isFollowed(String url) throws Exception {
    check(url, "https://github.com/a/a");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/etc/repository",
        "file:///etc/repository",
        "../../../../etc/repository",
        "../../..//evil.example/x",
        "../a/../../../../x",
        "../..",
        "git@github.com:a/b.git",
        "ssh://git@github.com/a/b",
        "git@evil.example:a/b",
        "ssh://git@127.0.0.1/a",
        "https://evil.example/a",
        "http://github.com/a/b",
        "git://github.com/a/b",
        "ext::sh -c id",
        "\"/etc/repo\\\\sitory\"",
      })
  void isRefused(String url) {
    assertThatExceptionOfType(PermanentException.class)
        .isThrownBy(() -> check(url, "https://github.com/a/a"))
        .withMessageContaining("submodule");
  }

  @ParameterizedTest
  @ValueSource(strings = {"../b", "./b", "/srv/b"})
  void ofARepositoryOfThisMachineIsRefused(String url) {
    assertThatExceptionOfType(PermanentException.class)
        .isThrownBy(() -> check(url, "file:///srv/a"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"[include]\n\tpath = /etc/passwd\n", "[submodule \"a\"] url = b", "[", "= x"})
  void whatIsNoListOfSubmodulesIsRefused(String text) {
    JsonNode source =
        JsonMapper.shared()
            .createObjectNode()
            .put("type", "git")
            .put("url", "https://github.com/a/a");
    assertThatExceptionOfType(PermanentException.class)
        .isThrownBy(() -> Submodules.references(text, source));
  }
}
