package dev.flakerelay.flake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.flake.SourceFlake.Declaration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Where nix would change more than a revision, that is seen in the declarations and the locks. */
class LockAgreementTest {
  private static final String LIB = node("lib", "1", "");
  private static final String OWN = lock("\"lib\": \"lib\"", "\"lib\": " + LIB);
  private static final String TARGET =
      lock(
          "\"app\": \"app\", \"alias\": [\"app\", \"lib\"], \"other\": \"other\"",
          "\"app\": "
              + node("app", "2", "\"lib\": \"lib\", \"tool\": [\"other\"]")
              + ", \"lib\": "
              + LIB
              + ", \"other\": "
              + node("other", "3", ""));

  private final List<Declaration> target =
      new ArrayList<>(
          List.of(
              asks("app", "app"),
              follows("app/tool", "other"),
              follows("alias", "app/lib"),
              asks("other", "other")));
  private final List<Declaration> source =
      new ArrayList<>(List.of(asks("lib", "lib"), asks("tool", "tool")));

  @Test
  void nothingButTheRevisionChanges() throws Exception {
    assertThat(ofTarget(TARGET, Set.of("self", "app"))).isEmpty();
    assertThat(ofSource(OWN)).isEmpty();
  }

  @Test
  void aStaleLockIsNoticed() throws Exception {
    target.set(3, asks("other", "elsewhere"));
    assertThat(ofTarget(TARGET, Set.of()))
        .hasValueSatisfying(why -> assertThat(why).contains("`other`"));
    target.set(3, follows("other", "app"));
    assertThat(ofTarget(TARGET, Set.of())).isPresent();
    target.remove(3);
    assertThat(ofTarget(TARGET, Set.of())).isPresent();
  }

  @Test
  void anInputThatWasNeverLockedIsNoticed() throws Exception {
    target.add(asks("new", "new"));
    assertThat(ofTarget(TARGET, Set.of())).isPresent();
    assertThat(ofTarget(TARGET, Set.of("undeclared"))).isPresent();
  }

  @Test
  void anOverrideThatIsGoneOrOtherIsNoticed() throws Exception {
    target.set(1, follows("app/tool", "alias"));
    assertThat(ofSource(OWN)).isPresent();
    target.set(1, asks("app/tool", "tool"));
    assertThat(ofSource(OWN)).isPresent();
    target.remove(1);
    assertThat(ofSource(OWN)).isPresent();
  }

  @Test
  void aFollowOfAnInputThatNoFlakeNixSaysIsNoticed() throws Exception {
    String locked =
        TARGET.replace(
            "\"other\": " + node("other", "3", ""),
            "\"other\": " + node("other", "3", "\"lib\": [\"app\"]"));
    assertThat(ofTarget(locked, Set.of())).isPresent();
    target.add(follows("other/lib", "app"));
    assertThat(ofTarget(locked, Set.of())).isEmpty();
  }

  @Test
  void whatASourceChangesIsNoticed() throws Exception {
    assertThat(ofSource(OWN.replace("11111", "44444"))).isPresent();
    source.set(0, asks("lib", "elsewhere"));
    assertThat(ofSource(OWN)).isPresent();
    source.set(0, follows("lib", "tool"));
    assertThat(ofSource(OWN)).isPresent();
    source.remove(0);
    assertThat(ofSource(OWN)).isPresent();
  }

  @Test
  void aLockIsWrittenAsNixDoes() throws Exception {
    FlakeLock lock = FlakeLock.parse(TARGET.getBytes(UTF_8));
    String written = new String(lock.written().orElseThrow(), UTF_8);
    assertThat(written)
        .startsWith(
            "{\n  \"nodes\": {\n    \"app\": {\n      \"inputs\": {\n        \"lib\": \"lib\"")
        .endsWith("  \"root\": \"root\",\n  \"version\": 7\n}\n");
    assertThat(JsonMapper.shared().readTree(written))
        .isEqualTo(JsonMapper.shared().readTree(TARGET));
  }

  @Test
  void twoInputsWithOneNodeAreNotWritten() throws Exception {
    String shared = TARGET.replace("\"other\": \"other\"", "\"other\": \"lib\"");
    assertThat(FlakeLock.parse(shared.getBytes(UTF_8)).written()).isEmpty();
  }

  private Optional<String> ofTarget(String lock, Set<String> arguments) throws Exception {
    FlakeDeclarations declared = new FlakeDeclarations(target, arguments, false);
    return new LockAgreement(declared, FlakeLock.parse(lock.getBytes(UTF_8)))
        .ofTarget(Set.of("app"));
  }

  private Optional<String> ofSource(String own) throws Exception {
    FlakeDeclarations declared = new FlakeDeclarations(target, Set.of(), false);
    return new LockAgreement(declared, FlakeLock.parse(TARGET.getBytes(UTF_8)))
        .ofSource(
            "app",
            new FlakeDeclarations(source, Set.of("self", "lib"), false),
            FlakeLock.parse(own.getBytes(UTF_8)));
  }

  private static Declaration asks(String path, String repository) {
    return new Declaration(names(path), Optional.of(original(repository)), Optional.empty(), true);
  }

  private static Declaration follows(String path, String what) {
    return new Declaration(names(path), Optional.empty(), Optional.of(names(what)), true);
  }

  private static List<String> names(String path) {
    return List.of(path.split("/", -1));
  }

  private static JsonNode original(String repository) {
    return JsonMapper.shared()
        .createObjectNode()
        .put("type", "github")
        .put("owner", "o")
        .put("repo", repository);
  }

  private static String node(String repository, String digit, String inputs) {
    return """
    {%s"locked": {"lastModified": 1, "narHash": "sha256-x", "owner": "o", "repo": "%s", "rev": "%s",
    "type": "github"}, "original": %s}\
    """
        .formatted(
            inputs.isEmpty() ? "" : "\"inputs\": {" + inputs + "}, ",
            repository,
            digit.repeat(40),
            original(repository));
  }

  private static String lock(String inputs, String nodes) {
    return """
    {"nodes": {%s, "root": {"inputs": {%s}}}, "root": "root", "version": 7}\
    """
        .formatted(nodes, inputs);
  }
}
