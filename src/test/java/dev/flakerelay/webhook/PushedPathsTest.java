package dev.flakerelay.webhook;

import static dev.flakerelay.webhook.Samples.NIXFLEET;
import static dev.flakerelay.webhook.Samples.SHA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.config.PathFilter;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.Target;
import dev.flakerelay.config.Trigger;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.UnlistedPush;
import dev.flakerelay.secret.SecretValues;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A push counts only if it touches what its trigger names. */
class PushedPathsTest {
  private static final String DOCS = "{\"added\":[],\"modified\":[\"docs/a.md\"],\"removed\":[]}";
  private static final String CODE = "{\"added\":[],\"modified\":[],\"removed\":[\"src/b.c\"]}";

  private final RecordingQueue queue = new RecordingQueue();
  private Intake intake =
      intake(
          Samples.route(
              "nixfleet", List.of(paths("**", "!docs/**")), Samples.target("nixcfg", "nixfleet")));

  private static Trigger paths(String... patterns) {
    return new Trigger.Push(NIXFLEET, "master", Optional.of(PathFilter.of(patterns)));
  }

  private Intake intake(Route... routes) {
    return new Intake(
        Samples.config(routes), SecretValues.fixed(List.of(Samples.SECRET)), queue, Samples.CLOCK);
  }

  private Answer push(String fields, String commits) {
    return intake.answer(
        Samples.signed(
            "push",
            """
            {"ref":"refs/heads/master","before":"%s","after":"%s",%s"commits":%s,
             "repository":{"full_name":"markus-barta/nixfleet"}}\
            """
                .formatted("1".repeat(40), SHA, fields, commits)));
  }

  @Test
  void aPushOfDocsAloneIsIgnoredAndSaysWhy() {
    Answer answer = push("", "[" + DOCS + "," + DOCS + "]");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(String.valueOf(answer.body().get("ignored")))
        .contains("that touches [**, !docs/**]", "markus-barta/nixfleet");
    assertThat(push("", "[" + DOCS + "," + CODE + "]").status()).isEqualTo(202);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"forced\":true,",
        "\"created\":true,",
        "\"total_commits\":9,",
      })
  void aPushThatMayTouchMoreIsTaken(String fields) {
    assertThat(push(fields, "[" + DOCS + "]").status()).isEqualTo(202);
  }

  /** The worker compares the files at the source then. */
  @Test
  void whatIsNotSureIsSaidOfTheJob() {
    push("\"forced\":true,", "[" + DOCS + "]");
    Job unsure = queue.sent().getLast();
    assertThat(unsure.push())
        .contains(new UnlistedPush(NIXFLEET, "master", Optional.of(new Revision("1".repeat(40)))));
    push("\"forced\":true,", "[" + DOCS + "," + CODE + "]");
    Job sure = queue.sent().getLast();
    assertThat(sure.push()).isEmpty();
    // Queued behind the one that may come to nothing, it must not count as a duplicate.
    assertThat(sure.id()).isNotEqualTo(unsure.id()).isEqualTo(unsure.inAnyCase().id());
    assertThat(sure.deduplicationId()).isNotEqualTo(unsure.deduplicationId());
  }

  @Test
  void whatOneRouteWaitsForInAnyCaseIsQueuedOnceForThatOne() {
    Target target = Samples.target("nixcfg", "nixfleet");
    Trigger filtered = paths("src/**");
    Route any = Samples.route("any", List.of(new Trigger.Push(NIXFLEET, "master")), target);
    Route docs = Samples.route("docs", List.of(paths("docs/**"), filtered), target);
    Route code = Samples.route("code", List.of(filtered), target);
    assertThat(queued(code, docs)).containsExactly("code?", "docs?");
    assertThat(queued(code, any, docs)).containsExactly("any");
    assertThat(
            queued(code, Samples.route("both", List.of(filtered, any.when().getFirst()), target)))
        .containsExactly("both");
  }

  private List<String> queued(Route... routes) {
    intake = intake(routes);
    int before = queue.sent().size();
    push("\"created\":true,", "[]");
    return queue.sent().stream()
        .skip(before)
        .map(job -> job.route() + (job.push().isPresent() ? "?" : ""))
        .toList();
  }

  @Test
  void aListThatIsNotWholeProvesNothing() {
    assertThat(push("\"total_commits\":1,", "[" + DOCS + "]").status()).isEqualTo(200);
    assertThat(push("", "[]").status()).isEqualTo(202);
    assertThat(push("", "null").status()).isEqualTo(202);
    assertThat(push("", "[" + DOCS.replace("[]", "null") + "]").status()).isEqualTo(202);
    String most = String.join(",", Collections.nCopies(2_047, DOCS));
    assertThat(push("", "[" + most + "]").status()).isEqualTo(200);
    assertThat(push("", "[" + most + "," + DOCS + "]").status()).isEqualTo(202);
  }
}
