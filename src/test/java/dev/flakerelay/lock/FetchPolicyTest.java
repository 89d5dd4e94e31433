package dev.flakerelay.lock;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.PermanentException;
import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.nix.TestRules;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a target asks for itself lets a source ask for that, and for nothing beside it. */
class FetchPolicyTest {
  private static final String TARGET =
      """
      {'version': 7, 'root': 'root', 'nodes': {
        'root': {'inputs': {'app': 'app', 'data': 'data', 'page': 'page', 'hg': 'hg', 'sub': 'sub'}},
        'app': {
          'original': {'type': 'git', 'url': 'file:///srv/app'},
          'locked': {'type': 'git', 'url': 'file:///srv/app', 'rev': '1', 'ref': 'refs/heads/main'},
          'inputs': {'deep': 'deep'}},
        'deep': {'locked': {'type': 'path', 'path': '/srv/deep'}},
        'data': {'locked': {'type': 'path', 'path': '/srv/data', 'narHash': 'x'}},
        'page': {'locked': {'type': 'file', 'url': 'http://10.0.0.1/page'}},
        'hg': {'locked': {'type': 'hg', 'url': 'https://10.0.0.2/x'}},
        'sub': {'locked': {'type': 'git', 'url': 'https://github.com/a/b', 'submodules': true}}}}
      """;

  private static FetchPolicy policy() throws PermanentException {
    byte[] lock = TARGET.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return FetchPolicy.of(FlakeLock.parse(lock), TestRules.GITHUB);
  }

  private static JsonNode reference(String text) {
    return JsonMapper.shared().readTree("{" + text.replace('\'', '"') + "}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'type': 'git', 'url': 'file:///srv/app'",
        "'type': 'git', 'url': 'file:///srv/app', 'rev': '2'",
        "'type': 'git', 'url': 'file:///srv/app', 'rev': '2', 'ref': 'refs/heads/main'",
        "'type': 'path', 'path': '/srv/data', 'narHash': 'y'",
        "'type': 'file', 'url': 'http://10.0.0.1/page'",
        "'type': 'hg', 'url': 'https://10.0.0.2/x', 'rev': '3'",
        "'type': 'git', 'url': 'https://github.com/a/b', 'submodules': true, 'rev': '4'",
        "'type': 'path', 'path': './sub'",
        "'type': 'git', 'url': 'https://github.com/x/y', 'submodules': false",
      })
  void thisIsFollowed(String text) throws Exception {
    assertThat(policy().objection(reference(text))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'type': 'git', 'url': 'file:///srv/other'",
        "'type': 'git', 'url': 'file:///srv/app/../other'",
        "'type': 'git', 'url': 'file:///srv/app', 'ref': 'secret'",
        "'type': 'git', 'url': 'file:///srv/app', 'dir': '../x'",
        "'type': 'path', 'path': '/etc'",
        "'type': 'path', 'path': '/srv/data/..'",
        "'type': 'path', 'path': '/srv/deep'",
        "'type': 'file', 'url': 'file:///etc/passwd'",
        "'type': 'file', 'url': 'http://10.0.0.1/other'",
        "'type': 'tarball', 'url': 'http://10.0.0.1/page'",
        "'type': 'git', 'url': 'http://10.0.0.1/page'",
        "'type': 'hg', 'url': 'https://10.0.0.2/other'",
        "'type': 'git', 'url': 'https://github.com/x/y', 'submodules': true",
        "'type': 'git', 'url': 'https://github.com/x/y', 'submodules': 1",
      })
  void thisIsNot(String text) throws Exception {
    assertThat(policy().objection(reference(text))).isPresent();
  }

  @Test
  void anAddressOfAnyLengthIsToldShortly() throws Exception {
    String length = "x".repeat(3 << 20);
    JsonNode reference = reference("'type': 'git', 'url': '" + length + "://" + length + "'");
    assertThat(policy().objection(reference).orElseThrow()).hasSizeLessThan(1024);
  }
}
