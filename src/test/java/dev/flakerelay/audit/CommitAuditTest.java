package dev.flakerelay.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.audit.CommitAudit.Finding;
import dev.flakerelay.git.BranchHistory;
import dev.flakerelay.support.GitCommand;
import dev.flakerelay.support.TestRepository;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code relay verify} says of commits, true ones and lies. */
class CommitAuditTest {
  private static final String OLD = "111111111111111111111111111111111111111a";
  private static final String NEW = "2".repeat(39) + "b";
  private static final String OTHER = "3".repeat(39) + "c";

  @TempDir private Path folder;

  private TestRepository target;

  @BeforeEach
  void makeATarget() {
    target = TestRepository.create(folder.resolve("target"));
    target.write("flake.nix", "{ outputs = _: { }; }\n");
    target.write("flake.lock", lock(OLD, OTHER));
    target.commit("chore: bump app to v1.0.0 (1111111)");
  }

  @Test
  void aTrueCommitIsFoundTrue() throws Exception {
    bump("chore: bump app to v1.1.0 (2222222)");

    assertThat(lies()).containsExactly(Optional.empty());
  }

  @Test
  void commitsOfPeopleAreNotLookedAt() throws Exception {
    target.write("flake.lock", lock(NEW, NEW));
    target.commit("Update everything by hand to 2222222");

    assertThat(lies()).isEmpty();
  }

  @Test
  void theLockHoldsAnotherRevisionThanTheTrailerSays() throws Exception {
    target.write("flake.lock", lock(OTHER, OTHER));
    target.commit(message("chore: bump app (2222222)", NEW, OLD));

    assertThat(onlyLie()).contains("`app`", OTHER, NEW);
  }

  @Test
  void theMessageNamesAnotherRevisionThanTheLock() throws Exception {
    bump("chore: bump app to v1.1.0 (deadbee)");

    assertThat(onlyLie()).contains("deadbee");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bump app (1234567)",
        "bump app to v1.1.0 (12345678)",
        "bump app (ABCDEF1)",
        "bump app to DeadBee",
        "bump app to deadbee.",
        "bump app from 1111111 to deadbee"
      })
  void aWrongRevisionInTheMessageIsALieHoweverItIsWritten(String subject) throws Exception {
    bump(subject);

    assertThat(onlyLie()).contains("its message names ", "which it does not lock");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "bump app (2222222)",
        "bump app (222222222222222222222222222222222222222B)",
        "bump app to 1.2.3+deadbee (2222222)",
        "bump app to v1.2.3~deadbee (2222222)",
        "bump app to release/deadbee (2222222)",
        "bump app to 1.2.3-deadbee (2222222)",
        "bump app to v20261123 (2222222)",
        "bump app to 1234567 (2222222)",
        "bump app (20261123)",
        "bump app (20261123100500)"
      })
  void whatIsNoRevisionInTheMessageIsNoLie(String subject) throws Exception {
    bump(subject);

    assertThat(lies()).containsExactly(Optional.empty());
  }

  @ParameterizedTest
  @ValueSource(strings = {"Flake-Rev", "Flake-Input"})
  void aTrailerThatWasRemovedIsMissed(String name) throws Exception {
    target.write("flake.lock", lock(NEW, OTHER));
    target.commit(without(name, message("chore: bump app (2222222)", NEW, OLD)));

    assertThat(onlyLie()).isEqualTo("its trailer " + name + " is missing");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Relay-Delivery: 1", "Flake-Previous-Rev: " + OLD, "flake-input: app"})
  void oneTrailerIsEnoughToBeHeldToAllOfThem(String trailer) throws Exception {
    target.write("flake.lock", lock(NEW, OTHER));
    target.commit("chore: bump app\n\n" + trailer + "\n");

    assertThat(onlyLie()).startsWith("its trailer Flake-").endsWith(" is missing");
  }

  @Test
  void aDateAndADeliveryIdInTheMessageAreNoRevisions() throws Exception {
    target.write("flake.lock", lock(NEW, OTHER));
    target.commit(
        message("chore: bump app to v20261123 (2222222)", NEW, OLD)
            + "Relay-Delivery: 7d340e62-af4f-40ab-9580-59ad0fcfea37\n");

    assertThat(lies()).containsExactly(Optional.empty());
  }

  @Test
  void anotherInputMovedAlong() throws Exception {
    target.write("flake.lock", lock(NEW, NEW));
    target.commit(message("chore: bump app (2222222)", NEW, OLD));

    assertThat(onlyLie()).contains("`nixpkgs`");
  }

  @Test
  void thePreviousRevisionWasAnother() throws Exception {
    target.write("flake.lock", lock(NEW, OTHER));
    target.commit(message("chore: bump app (2222222)", NEW, OTHER));

    assertThat(onlyLie()).contains(OLD, OTHER);
  }

  @Test
  void anotherFileIsTouched() throws Exception {
    target.write("flake.lock", lock(NEW, OTHER));
    target.write("flake.nix", "{ outputs = _: { evil = true; }; }\n");
    target.commit(message("chore: bump app (2222222)", NEW, OLD));

    assertThat(onlyLie()).contains("flake.nix");
  }

  @Test
  void theLockIsNotTouchedAtAll() throws Exception {
    target.write("README", "nothing to see\n");
    target.commit(message("chore: bump app (2222222)", NEW, OLD));

    assertThat(onlyLie()).contains("README");
  }

  @Test
  void aSubmoduleMovesWithTheInput() throws Exception {
    target.submodule("app", "https://example.org/app.git", new Revision(OLD));
    target.commit("Add the submodule");
    target.write("flake.lock", lock(NEW, OTHER));
    target.submodule("app", "https://example.org/app.git", new Revision(NEW));
    target.commit(message("chore: bump app (2222222)", NEW, OLD));

    assertThat(lies()).containsExactly(Optional.empty());
  }

  @Test
  void aSubmoduleMovesElsewhere() throws Exception {
    target.submodule("app", "https://example.org/app.git", new Revision(OLD));
    target.commit("Add the submodule");
    target.write("flake.lock", lock(NEW, OTHER));
    target.submodule("app", "https://example.org/app.git", new Revision(OTHER));
    target.commit(message("chore: bump app (2222222)", NEW, OLD));

    assertThat(onlyLie()).contains("submodule app", OTHER);
  }

  @Test
  void whereHistoryIsCutOffACommitIsUnknown() throws Exception {
    bump("chore: bump app (2222222)");
    target.write("flake.lock", lock(OLD, OTHER));
    target.commit(message("chore: bump app (1111111)", OLD, NEW));

    assertThat(verdicts(copy("--depth=1")))
        .singleElement()
        .satisfies(
            verdict -> {
              assertThat(verdict.finding()).isEqualTo(Finding.UNKNOWN);
              assertThat(verdict.reason())
                  .isEqualTo("history is cut off here: git fetch --unshallow");
            });
    assertThat(verdicts(copy("--depth=2")))
        .extracting(CommitAudit.Verdict::finding)
        .containsExactly(Finding.UNKNOWN, Finding.TRUE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"blob:none", "tree:0"})
  void whatAPartialCloneLacksMakesACommitUnknownUntilItIsFetched(String filter) throws Exception {
    bump("chore: bump app (2222222)");
    Path partial = copy("--filter=" + filter);

    assertThat(verdicts(partial))
        .singleElement()
        .satisfies(
            verdict -> {
              assertThat(verdict.finding()).isEqualTo(Finding.UNKNOWN);
              assertThat(verdict.reason())
                  .endsWith(" not in this partial clone: git fetch --refetch --no-filter");
            });
    GitCommand.in(partial).run("fetch", "--quiet", "--refetch", "--no-filter");
    assertThat(verdicts(partial))
        .extracting(CommitAudit.Verdict::finding)
        .containsExactly(Finding.TRUE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--depth=1", "--filter=blob:none"})
  void aLieThatShowsInWhatIsThereIsOne(String option) throws Exception {
    bump("chore: bump app (deadbee)");

    assertThat(verdicts(copy(option)))
        .extracting(CommitAudit.Verdict::finding)
        .containsExactly(Finding.LIE);
  }

  @ParameterizedTest
  @CsvSource({
    "app/lib: 3333333 → 1111111, ",
    "app/lib: 3333333 → 1111112, 3333333",
    "app/other: none → deadbee, deadbee",
    "app/lib: 3333333 → none, 3333333",
    "app: 1111111 → 2222222, ",
    "acme/app: 1111111 → 2222222, "
  })
  void whatTheMessageSaysThatMovedBelowIsCheckedToo(String line, String lie) throws Exception {
    target.write("flake.lock", withLib(lock(OLD, OTHER), OTHER)).commit("Add lib");
    target.write("flake.lock", withLib(lock(NEW, OTHER), OLD));
    target.commit(message("chore: bump app (2222222)\n\n" + line, NEW, OLD));

    if (lie == null) {
      assertThat(lies()).containsExactly(Optional.empty());
    } else {
      assertThat(onlyLie()).isEqualTo("its message names " + lie + ", which it does not lock");
    }
  }

  private static String withLib(String lock, String revision) {
    return lock.replace(
            "\"app\": {\"locked\"", "\"app\": {\"inputs\": {\"lib\": \"lib\"}, \"locked\"")
        .replace(
            "\"root\": {", "\"lib\": {\"locked\": {\"rev\": \"" + revision + "\"}}, \"root\": {");
  }

  /** A commit as it should be, but for what its subject may say. */
  private void bump(String subject) {
    target.write("flake.lock", lock(NEW, OTHER));
    target.commit(message(subject, NEW, OLD));
  }

  private Path copy(String option) {
    target.git("config", "uploadpack.allowFilter", "true");
    target.git("config", "uploadpack.allowAnySHA1InWant", "true");
    Path copy = folder.resolve("copy" + option.replaceAll("\\W", "-"));
    target.git("clone", "--quiet", "--no-checkout", option, target.url(), copy.toString());
    return copy;
  }

  private static List<CommitAudit.Verdict> verdicts(Path repository) throws Exception {
    try (BranchHistory history = BranchHistory.open(repository, Optional.empty())) {
      return new CommitAudit(history).run();
    }
  }

  private List<Optional<String>> lies() throws Exception {
    return verdicts(target.directory()).stream()
        .map(
            verdict ->
                verdict.finding() == Finding.LIE
                    ? Optional.of(verdict.reason())
                    : Optional.<String>empty())
        .toList();
  }

  private String onlyLie() throws Exception {
    List<Optional<String>> lies = lies();
    assertThat(lies).singleElement().matches(Optional::isPresent);
    return lies.getFirst().orElseThrow();
  }

  private static String message(String subject, String revision, String previous) {
    return "%s\n\nFlake-Input: app\nFlake-Rev: %s\nFlake-Previous-Rev: %s\n"
        .formatted(subject, revision, previous);
  }

  private static String without(String trailer, String message) {
    return message.replaceAll("(?m)^" + trailer + ": .*\n", "");
  }

  private static String lock(String app, String nixpkgs) {
    return """
    {"nodes": {
      "app": {"locked": {"type": "github", "owner": "o", "repo": "app", "rev": "%s"},
              "original": {"type": "github", "owner": "o", "repo": "app"}},
      "nixpkgs": {"locked": {"type": "github", "owner": "o", "repo": "nixpkgs", "rev": "%s"},
              "original": {"type": "github", "owner": "o", "repo": "nixpkgs"}},
      "root": {"inputs": {"app": "app", "nixpkgs": "nixpkgs"}}},
     "root": "root", "version": 7}
    """
        .formatted(app, nixpkgs);
  }
}
