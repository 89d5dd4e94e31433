package dev.flakerelay.update.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.Version;
import dev.flakerelay.config.Checks;
import dev.flakerelay.config.CommitStyle;
import dev.flakerelay.config.EngineChoice;
import dev.flakerelay.config.ProposalStyle;
import dev.flakerelay.config.Publish;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.Sign;
import dev.flakerelay.config.Target;
import dev.flakerelay.config.TargetRef;
import dev.flakerelay.config.message.MessageTemplate;
import dev.flakerelay.flake.MovedInput;
import dev.flakerelay.queue.Job;
import dev.flakerelay.update.Assignment;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CommitTextTest {
  private static final Revision NEW = new Revision("b".repeat(40));
  private static final Optional<Revision> OLD = Optional.of(new Revision("a".repeat(40)));
  private static final Optional<Revision> OTHER = Optional.of(new Revision("c".repeat(40)));

  private static CommitText.Move move(
      String template, String input, String version, Optional<Revision> previous) {
    Target target =
        new Target(
            new TargetRef("git@github.com:acme/target.git", "main", "."),
            List.of(input),
            List.of());
    Route route =
        new Route(
            "r",
            List.of(),
            Optional.empty(),
            List.of(target),
            new CommitStyle(new MessageTemplate(template), CommitStyle.Author.DEFAULT, Sign.NONE),
            Publish.PUSH,
            Set.of(),
            Route.DEFAULT_PUSH_ATTEMPTS,
            true,
            Optional.empty(),
            Optional.empty(),
            ProposalStyle.DEFAULT,
            EngineChoice.AUTO,
            Checks.IGNORED);
    Job job =
        new Job(
            "r",
            target.flake(),
            input,
            new Job.Wanted(NEW, Optional.empty(), Version.of(version)),
            Job.Request.delivery("d1", Instant.EPOCH),
            1);
    return new CommitText.Move(new Assignment(job, route, target), previous);
  }

  private static String subject(String template, Optional<Revision> a, Optional<Revision> b) {
    List<CommitText.Move> moves = List.of(move(template, "a", "1", a), move(template, "b", "1", b));
    return CommitText.of(moves, "https://github.com/acme/app.git", List.of())
        .lines()
        .findFirst()
        .orElse("");
  }

  @Test
  void repositoriesAreCalledByTheirShortNames() {
    assertThat(subject("{source} in {target} by {route}", OLD, OLD))
        .isEqualTo("acme/app in acme/target by r");
  }

  @Test
  void thePreviousRevisionIsNamedOnlyIfAllInputsHadIt() {
    assertThat(subject("bump[ {old7} to] {sha7}", OLD, OLD)).isEqualTo("bump aaaaaaa to bbbbbbb");
    assertThat(subject("bump[ {old7} to] {sha7}", OLD, OTHER)).doesNotContain("aaaaaaa", "ccccccc");
    assertThat(subject("bump[ {old7} to] {sha7}", OLD, Optional.empty())).doesNotContain("aaaaaaa");
  }

  @Test
  void anInputThatHadNoRevisionHasNoTrailerForIt() {
    assertThat(CommitText.of(List.of(move("{input}", "a", "", Optional.empty())), "x", List.of()))
        .isEqualTo("a\n\nFlake-Input: a\nFlake-Rev: " + NEW + "\nRelay-Delivery: d1\n");
  }

  @Test
  void aVersionCanNotForgeATrailer() {
    String version = "1\n\nFlake-Rev: " + "f".repeat(40) + "\n";

    String text =
        CommitText.of(List.of(move("bump {input}[ {version}]", "a", version, OLD)), "x", List.of());

    assertThat(text.lines().filter(line -> line.startsWith("Flake-Rev:")))
        .containsExactly("Flake-Rev: " + NEW);
  }

  @Test
  void whatMovedBelowStandsAboveAllTrailers() {
    List<MovedInput> below =
        List.of(
            new MovedInput("a/lib", OLD, OTHER), new MovedInput("a/new", Optional.empty(), OLD));

    assertThat(CommitText.of(List.of(move("bump\n\nA: 1", "a", "", OLD)), "x", below))
        .startsWith(
            """
            bump

            a/lib: aaaaaaa → ccccccc
            a/new: none → aaaaaaa

            A: 1
            Flake-Input: a
            """);
  }

  @Test
  void noMoreThanTwentyLinesSayWhatMovedBelow() {
    List<MovedInput> below =
        IntStream.range(0, 23).mapToObj(i -> new MovedInput("a/" + i, OLD, OTHER)).toList();

    String text = CommitText.of(List.of(move("bump", "a", "", OLD)), "x", below);

    assertThat(text.lines().filter(line -> line.contains("→"))).hasSize(20);
    assertThat(text).contains("a/19: aaaaaaa → ccccccc\nand 3 more\n\nFlake-Input");
  }
}
