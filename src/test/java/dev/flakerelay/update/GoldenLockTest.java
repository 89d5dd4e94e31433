package dev.flakerelay.update;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.audit.CommitAudit;
import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.flake.MovedInput;
import dev.flakerelay.git.BranchHistory;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.queue.Job;
import dev.flakerelay.support.GitHttpServer;
import dev.flakerelay.support.GoldenCase;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.support.OutboundDefaults;
import dev.flakerelay.support.SourceChange;
import dev.flakerelay.support.TargetLayout;
import dev.flakerelay.support.TestForge;
import dev.flakerelay.support.TestRepository;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
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
  /** Those whose source changes nothing of its own flake, and that hold no relative path. */
  private static final Set<String> BY_ARCHIVE =
      Set.of(
          "PLAIN",
          "FOLLOWED",
          "OTHER_NODE_NAME",
          "SUBMODULE",
          "LARGE",
          "DIRECTORY",
          "GITLAB",
          "SOURCEHUT");

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
  void locksAsAPersonWould(TargetLayout layout, @TempDir Path folder) throws Exception {
    locks(layout.build(folder, forge), folder);
  }

  @ParameterizedTest
  @EnumSource
  void locksAsAPersonWould(SourceChange change, @TempDir Path folder) throws Exception {
    locks(change.build(folder, forge), folder);
  }

  private void locks(GoldenCase golden, Path folder) throws Exception {
    try (GitHttpServer server = GitHttpServer.serving(folder.resolve(golden.name()))) {
      Scene scene = Scene.in(folder).environment(environment).targetAt(server.url("target.git"));
      scene.routeWith(
          "app",
          golden.directory(),
          Scene.submodules(golden.submodules().toArray(String[]::new)),
          golden.inputs().toArray(String[]::new));
      Revision before = golden.target().head("main");
      Job[] jobs =
          golden.inputs().stream()
              .map(
                  input ->
                      scene.job(
                          "app", golden.directory(), input, golden.requested(), Scene.DELIVERY))
              .toArray(Job[]::new);

      for (Result result : scene.run(jobs)) {
        Outcome outcome = Scene.ended(result);
        assertThat(outcome.kind()).as(() -> "" + outcome).isEqualTo(Outcome.Kind.UPDATED);
        assertThat(outcome.engine().map(Outcome.Engine::name))
            .contains(BY_ARCHIVE.contains(golden.name()) ? "archive" : "nix");
        assertThat(outcome.commit()).contains(golden.target().head("main"));
        assertThat(outcome.locked()).contains(golden.requested());
      }
      assertGolden(golden, before);
      assertThat(Scene.kinds(scene.run(jobs))).containsOnly(Outcome.Kind.UNCHANGED);
    }
  }

  private static void assertGolden(GoldenCase golden, Revision before) throws Exception {
    TestRepository target = golden.target();
    TestRepository.Commit commit = target.log("main").getFirst();
    assertThat(target.show(commit.id(), golden.lockPath())).isEqualTo(golden.expectedLock());
    assertThat(commit.parents()).containsExactly(before);
    String trailers =
        golden.inputs().stream()
            .map(
                input ->
                    "Flake-Input: %s\nFlake-Rev: %s\nFlake-Previous-Rev: %s\n"
                        .formatted(input, golden.requested(), golden.previous()))
            .collect(Collectors.joining());
    assertThat(commit.message())
        .startsWith(
            "chore: bump %s to v1.2.3 (%s)\n\n"
                .formatted(String.join(", ", golden.inputs()), golden.requested().abbreviated()))
        .endsWith("\n\n" + trailers + "Relay-Delivery: " + Scene.DELIVERY);
    assertThat(commit.message().lines().filter(line -> line.contains(" → ")))
        .containsExactlyElementsOf(
            FlakeLock.parse(target.show(before, golden.lockPath()).getBytes(UTF_8))
                .movedBelow(golden.inputs(), FlakeLock.parse(golden.expectedLock().getBytes(UTF_8)))
                .stream()
                .map(MovedInput::toString)
                .toList());
    try (BranchHistory history = BranchHistory.open(target.directory(), Optional.of("main"))) {
      assertThat(new CommitAudit(history).run())
          .extracting(CommitAudit.Verdict::finding)
          .containsExactly(CommitAudit.Finding.TRUE);
    }
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
