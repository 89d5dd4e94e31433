package dev.flakerelay.webhook;

import static dev.flakerelay.webhook.Samples.NIXCFG;
import static dev.flakerelay.webhook.Samples.NIXFLEET;
import static dev.flakerelay.webhook.Samples.SHA;
import static dev.flakerelay.webhook.Samples.route;
import static dev.flakerelay.webhook.Samples.signed;
import static dev.flakerelay.webhook.Samples.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.config.Route;
import dev.flakerelay.config.SecretValues;
import dev.flakerelay.config.Target;
import dev.flakerelay.config.Trigger;
import dev.flakerelay.queue.Job;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RoutingTest {
  private static final Target CFG = target("nixcfg", "nixfleet");
  private static final Trigger ANY_RUN =
      new Trigger.WorkflowRun(NIXFLEET, Optional.empty(), Optional.empty());

  private final RecordingQueue queue = new RecordingQueue();

  @Test
  void everyRouteTargetAndInputGetsItsJobInOrder() {
    Trigger push = new Trigger.Push(NIXFLEET, "master");
    Answer answer =
        answer(
            "push",
            push("refs/heads/master", SHA),
            route("b", List.of(push), target("one", "x", "y"), target("two", "x")),
            route("other", List.of(new Trigger.Push(NIXFLEET, "next")), target("three", "x")),
            route("a", List.of(push), target("three", "x")));
    assertThat(answer.status()).isEqualTo(202);
    assertThat(queue.sent())
        .extracting(Job::route, Job::repository, Job::input)
        .map(tuple -> tuple.toList().toString().replace("https://github.com/markus-barta/", ""))
        .containsExactly(
            "[b, one.git, x]", "[b, one.git, y]", "[b, two.git, x]", "[a, three.git, x]");
  }

  @Test
  void whatTwoRoutesAskForAlikeIsDoneOnceForTheFirst() {
    Trigger push = new Trigger.Push(NIXFLEET, "master");
    Trigger release = new Trigger.Release(NIXFLEET);
    answer(
        "push",
        push("refs/heads/master", SHA),
        route("first", List.of(release, push, push), CFG),
        route("second", List.of(push), CFG));
    assertThat(queue.sent()).extracting(Job::route).containsExactly("first");
  }

  @ParameterizedTest
  @CsvSource({
    "refs/heads/master, 37d5e2c8bb1e2bb1d4cd6a4fd3c1e2f0a9b8c7d6, 202",
    "refs/heads/Master, 37d5e2c8bb1e2bb1d4cd6a4fd3c1e2f0a9b8c7d6, 200",
    "refs/heads/feature/master, 37d5e2c8bb1e2bb1d4cd6a4fd3c1e2f0a9b8c7d6, 200",
    "refs/tags/master, 37d5e2c8bb1e2bb1d4cd6a4fd3c1e2f0a9b8c7d6, 200",
    "master, 37d5e2c8bb1e2bb1d4cd6a4fd3c1e2f0a9b8c7d6, 200",
    "refs/heads/master, 0000000000000000000000000000000000000000, 200",
    "refs/heads/master, 37d5e2c, 400"
  })
  void onlyAPushOfTheBranchCounts(String ref, String after, int status) {
    Trigger push = new Trigger.Push(NIXFLEET, "master");
    assertThat(answer("push", push(ref, after), route("r", List.of(push), CFG)).status())
        .isEqualTo(status);
  }

  @Test
  void repositoriesAreComparedWithoutRegardToCase() {
    Trigger push = new Trigger.Push(NIXFLEET, "master");
    String json =
        push("refs/heads/master", SHA).replace("markus-barta/nixfleet", "Markus-Barta/NixFleet");
    assertThat(answer("push", json, route("r", List.of(push), CFG)).status()).isEqualTo(202);
  }

  @Test
  void anotherRepositorysPushIsIgnored() {
    Trigger push = new Trigger.Push(NIXCFG, "master");
    Answer answer = answer("push", push("refs/heads/master", SHA), route("r", List.of(push), CFG));
    assertThat(answer.body().get("ignored"))
        .asString()
        .contains("no route", "markus-barta/nixfleet");
  }

  private static String push(String ref, String after) {
    return """
    {"ref":"%s","after":"%s","repository":{"full_name":"markus-barta/nixfleet"}}\
    """
        .formatted(ref, after);
  }

  @ParameterizedTest
  @CsvSource({
    "Release, master, 202",
    "release.yml, master, 202",
    ", master, 202",
    ", , 202",
    "Release, , 202",
    "Test, master, 200",
    "release, master, 200",
    "Release, next, 200"
  })
  void aRunIsKnownByItsWorkflowAndBranch(
      @Nullable String workflow, @Nullable String branch, int status) {
    Trigger trigger =
        new Trigger.WorkflowRun(
            NIXFLEET, Optional.ofNullable(workflow), Optional.ofNullable(branch));
    assertThat(answer("workflow_run", RUN, route("r", List.of(trigger), CFG)).status())
        .isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({
    "\"completed\", \"requested\", not completed",
    "\"success\", \"cancelled\", not successful",
    "\"success\", null, not successful",
    "\"event\":\"push\", \"event\":\"pull_request\", for a pull request",
    "\"event\":\"push\", \"event\":\"pull_request_target\", for a pull request",
    "\"head_repository\":{\"full_name\":\"markus-barta/nixfleet\"},"
        + " \"head_repository\":{\"full_name\":\"mallory/nixfleet\"}, fork",
    "\"head_repository\":{\"full_name\":\"markus-barta/nixfleet\"}, \"head_repository\":null, fork"
  })
  void aRunThatProvesNothingOfTheBranchIsIgnored(String part, String other, String why) {
    Answer answer =
        answer("workflow_run", RUN.replace(part, other), route("r", List.of(ANY_RUN), CFG));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().get("ignored")).asString().contains(why);
    assertThat(queue.sent()).isEmpty();
  }

  /** GitHub's own schema lets {@code workflow} be null. */
  @ParameterizedTest
  @CsvSource({"Release", "release.yml"})
  void aRunWithoutAWorkflowObjectIsKnownByItsOwnNameAndPath(String workflow) {
    String run =
        RUN.replace(
                "\"workflow\":{\"name\":\"Release\",\"path\":\".github/workflows/release.yml\"}",
                "\"workflow\":null")
            .replace(
                "\"event\"",
                "\"name\":\"Release\",\"path\":\".github/workflows/release.yml@master\",\"event\"");
    Trigger trigger =
        new Trigger.WorkflowRun(NIXFLEET, Optional.of(workflow), Optional.of("master"));
    assertThat(answer("workflow_run", run, route("r", List.of(trigger), CFG)).status())
        .isEqualTo(202);
  }

  @ParameterizedTest
  @CsvSource({
    "'\"event\":\"push\",'",
    "',\"head_repository\":{\"full_name\":\"markus-barta/nixfleet\"}'"
  })
  void aRunIsNotRefusedForWhatOnlyGuardsAgainstOthersCode(String part) {
    assertThat(RUN).contains(part);
    Answer answer =
        answer("workflow_run", RUN.replace(part, ""), route("r", List.of(ANY_RUN), CFG));
    assertThat(answer.status()).isEqualTo(202);
  }

  private static final String RUN =
      """
      {"action":"completed","workflow_run":{"event":"push","conclusion":"success","head_branch":"master",\
      "head_sha":"37d5e2c8bb1e2bb1d4cd6a4fd3c1e2f0a9b8c7d6",\
      "head_repository":{"full_name":"markus-barta/nixfleet"}},\
      "workflow":{"name":"Release","path":".github/workflows/release.yml"},\
      "repository":{"full_name":"markus-barta/nixfleet"}}\
      """;

  @Test
  void aReleaseOfACommitIsQueuedWithItsTagAsVersion() {
    Answer answer = release("published", SHA);
    assertThat(answer.status()).isEqualTo(202);
    assertThat(queue.sent()).extracting(Job::version).containsExactly(Optional.of("2.1.1"));
  }

  @Test
  void aReleaseOfABranchIsIgnoredWithAWayOut() {
    Answer answer = release("published", "master");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().get("ignored")).asString().contains("target_commitish", "push");
  }

  @Test
  void aReleaseThatIsOnlyEditedIsIgnored() {
    assertThat(release("edited", SHA).body().get("ignored")).asString().contains("not published");
  }

  private Answer release(String action, String commitish) {
    String json =
        """
        {"action":"%s","release":{"tag_name":"v2.1.1","target_commitish":"%s"},\
        "repository":{"full_name":"markus-barta/nixfleet"}}\
        """
            .formatted(action, commitish);
    return answer("release", json, route("r", List.of(new Trigger.Release(NIXFLEET)), CFG));
  }

  @ParameterizedTest
  @CsvSource({"ping, ping", "issues, issues", "some_new_event, some_new_event"})
  void eventsThatNoRouteCanWaitForAreIgnoredByName(String event, String why) {
    Answer answer = answer(event, "{}", route("r", List.of(ANY_RUN), CFG));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().get("ignored")).asString().contains(why);
  }

  private Answer answer(String event, String json, Route... routes) {
    Intake intake =
        new Intake(
            Samples.config(routes),
            SecretValues.fixed(List.of(Samples.SECRET)),
            queue,
            Samples.CLOCK);
    return intake.answer(signed(event, json));
  }
}
