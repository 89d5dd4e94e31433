package dev.flakerelay.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Tag("slow")
class TargetLayoutTest {
  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "LARGE") // no other lock than PLAIN's
  void nixMovesTheInputAndNoOtherThatIsNotPartOfIt(TargetLayout layout) {
    try (TestForge forge = TestForge.start()) {
      GoldenCase golden = layout.build(folder, forge);

      JsonNode before = lock(golden.target().show(golden.target().head("main"), golden.lockPath()));
      JsonNode after = lock(golden.expectedLock());
      assertThat(revision(before, golden.inputs().getFirst())).isEqualTo(golden.previous().hex());
      assertThat(revision(after, golden.inputs().getFirst())).isEqualTo(golden.requested().hex());
      for (String other : before.path("nodes").path("root").path("inputs").propertyNames()) {
        JsonNode node = before.path("nodes").path("root").path("inputs").path(other);
        if (node.isString() && !other.equals(golden.inputs().getFirst())) {
          assertThat(revision(after, other)).isEqualTo(revision(before, other));
        }
      }
    }
  }

  private static JsonNode lock(String text) {
    return new JsonMapper().readTree(text);
  }

  private static String revision(JsonNode lock, String input) {
    String node = lock.path("nodes").path("root").path("inputs").path(input).asString();
    return lock.path("nodes").path(node).path("locked").path("rev").asString("none");
  }
}
