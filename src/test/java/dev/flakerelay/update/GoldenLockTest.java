package dev.flakerelay.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.support.GitHttpServer;
import dev.flakerelay.support.GoldenCase;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.support.OutboundDefaults;
import dev.flakerelay.support.TargetLayout;
import dev.flakerelay.support.TestForge;
import dev.flakerelay.support.TestRepository;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * An update makes the commit that a person makes who runs nix in a full checkout: the same lock
 * file byte for byte, and nothing else.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@OneAtATime
@Tag("slow")
class GoldenLockTest {
  private final OutboundDefaults defaults = OutboundDefaults.keep();
  private final TestForge forge = TestForge.start();
  private final Map<String, String> environment = new HashMap<>(forge.environment());

  @BeforeAll
  void goThroughTheForge() throws Exception {
    environment.put("no_proxy", "127.0.0.1");
    defaults.lead(environment);
  }

  @AfterAll
  void goBack() {
    defaults.close();
    forge.close();
  }

  @ParameterizedTest
  @EnumSource
  void locksAsAPersonWould(TargetLayout layout, @TempDir Path folder) {
    GoldenCase golden = layout.build(folder, forge);
    try (GitHttpServer server = GitHttpServer.serving(folder.resolve(layout.name()))) {
      Scene scene = Scene.in(folder).environment(environment).targetAt(server.url("target.git"));
      scene.routeWith(
          "app",
          golden.directory(),
          Scene.submodules(golden.submodules().toArray(String[]::new)),
          golden.input());
      Revision before = golden.target().head("main");
      var job =
          scene.job("app", golden.directory(), golden.input(), golden.requested(), Scene.DELIVERY);

      Outcome outcome = Scene.ended(scene.run(job).getFirst());

      assertThat(outcome.kind()).as(() -> "" + outcome).isEqualTo(Outcome.Kind.UPDATED);
      assertThat(outcome.commit()).contains(golden.target().head("main"));
      assertThat(outcome.locked()).contains(golden.requested());
      assertGolden(golden, before);
      assertThat(Scene.ended(scene.run(job).getFirst()).kind()).isEqualTo(Outcome.Kind.UNCHANGED);
    }
  }

  private static void assertGolden(GoldenCase golden, Revision before) {
    TestRepository target = golden.target();
    TestRepository.Commit commit = target.log("main").getFirst();
    assertThat(target.show(commit.id(), golden.lockPath())).isEqualTo(golden.expectedLock());
    assertThat(commit.parents()).containsExactly(before);
    assertThat(commit.message())
        .isEqualTo(
            """
            chore: bump %s to v1.2.3 (%s)

            Flake-Input: %s
            Flake-Rev: %s
            Flake-Previous-Rev: %s
            Relay-Delivery: %s\
            """
                .formatted(
                    golden.input(),
                    golden.requested().abbreviated(),
                    golden.input(),
                    golden.requested(),
                    golden.previous(),
                    Scene.DELIVERY));
    assertThat(commit.author()).isEqualTo("flake-relay <flake-relay@users.noreply.github.com>");
    SortedMap<String, String> expected = target.tree(before);
    expected.put(
        golden.lockPath(),
        "100644 " + target.git("rev-parse", commit.id() + ":" + golden.lockPath()));
    golden.submodules().forEach(path -> expected.put(path, "160000 " + golden.requested()));
    assertThat(target.tree(commit.id())).isEqualTo(expected);
    assertThat(target.attempt("fsck", "--strict", "--no-dangling").succeeded().errors()).isEmpty();
  }
}
