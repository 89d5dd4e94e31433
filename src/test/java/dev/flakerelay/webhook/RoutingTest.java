package dev.flakerelay.webhook;

import static dev.flakerelay.webhook.Samples.NIXCFG;
import static dev.flakerelay.webhook.Samples.NIXFLEET;
import static dev.flakerelay.webhook.Samples.SHA;
import static dev.flakerelay.webhook.Samples.route;
import static dev.flakerelay.webhook.Samples.signed;
import static dev.flakerelay.webhook.Samples.target;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.Version;
import dev.flakerelay.config.Checks;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.TagPattern;
import dev.flakerelay.config.Target;
import dev.flakerelay.config.Trigger;
import dev.flakerelay.queue.Job;
import dev.flakerelay.secret.SecretValues;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
        .isEqualTo(
            "no route waits for push of markus-barta/nixfleet;"
                + " routes wait for push to master of markus-barta/nixcfg");
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
    "\"event\":\"push\", \"event\":\"pull_request\", for pull_request",
    "\"event\":\"push\", \"event\":\"pull_request_target\", for pull_request_target",
    "\"event\":\"push\", \"event\":\"merge_group\", for merge_group",
    "\"event\":\"push\", \"event\":\"issue_comment\", for issue_comment",
    "\"event\":\"push\", \"event\":\"dynamic\", for dynamic",
    "\"head_branch\":\"master\", \"head_branch\":\"gh-readonly-queue/master/pr-1-a\", merge queue",
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

  @ParameterizedTest
  @CsvSource({"push", "schedule", "workflow_dispatch"})
  void aRunOfTheBranchItselfCounts(String cause) {
    String run = RUN.replace("\"event\":\"push\"", "\"event\":\"" + cause + "\"");
    assertThat(answer("workflow_run", run, route("r", List.of(ANY_RUN), CFG)).status())
        .isEqualTo(202);
  }

  /** It was ignored for a branch, and believed for a commit that the tag may not lead to. */
  @ParameterizedTest
  @ValueSource(strings = {"master", SHA, ""})
  void aReleaseIsQueuedWithItsTagWhateverItsCommitish(String commitish) {
    Answer answer = release("published", commitish);
    assertThat(answer.status()).isEqualTo(202);
    assertThat(queue.sent())
        .extracting(Job::version)
        .containsExactly(Optional.of(new Version("2.1.1")));
    assertThat(queue.sent()).extracting(Job::tag).containsExactly(Optional.of("v2.1.1"));
    assertThat(queue.sent()).extracting(Job::revision).containsExactly(Revision.NONE);
  }

  @Test
  void aTagThatIsLongerThanAnyIsMalformed() {
    Answer answer =
        answer(
            "release",
            "{\"action\":\"published\",\"release\":{\"tag_name\":\""
                + "v".repeat(300)
                + "\"},\"repository\":{\"full_name\":\"markus-barta/nixfleet\"}}",
            route("r", List.of(new Trigger.Release(NIXFLEET)), CFG));
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.body().get("error")).asString().contains("release.tag_name");
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

  /** An organisation's webhook sends much that speaks of no repository, or of any. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          organization        | {"action":"member_added","organization":{"login":"o"}} | the event organization; routes wait for push, repository_dispatch
          issues              | not JSON at all                                        | the event issues; routes wait for push, repository_dispatch
          some_new_event      | [1]                                                    | the event some_new_event
          release             | {"a":1,"a":2}                                          | the event release
          ping                | ''                                                     | ping
          push                | {"ref":7,"organization":{}}                            | a push of no repository
          push                | {"repository":null}                                    | a push of no repository
          push                | {"repository":{"full_name":"o/x"},"after":7}           | push of o/x; routes wait for push to master of markus-barta/nixfleet
          push                | {"repository":{"full_name":"markus-barta/nixfleet"},"ref":"refs/heads/next","after":"?"} | push to next of markus-barta/nixfleet; routes wait for push to master
          push                | {"repository":{"full_name":"markus-barta/nixfleet"},"ref":"refs/tags/v1"} | not a branch
          repository_dispatch | {"repository":{"full_name":"markus-barta/nixcfg"},"action":"nixfleet-update","client_payload":[1]} | repository_dispatch nixfleet-update of markus-barta/nixcfg; routes wait for repository_dispatch nixfleet-updated of
          """)
  void whatCanConcernNoRouteIsIgnoredWhateverItsBody(String event, String json, String why) {
    List<Trigger> when =
        List.of(
            new Trigger.Push(NIXFLEET, "master"),
            new Trigger.RepositoryDispatch(NIXCFG, "nixfleet-updated"));
    Answer answer = answer(event, json, route("r", when, CFG));
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.body().get("ignored")).asString().contains(why);
    assertThat(queue.sent()).isEmpty();
  }

  @Test
  void whatAStrangerCallsItsEventIsOneShortLine() {
    String type = "\\u001b[2J\\n" + "x".repeat(100_000);
    String json =
        "{\"repository\":{\"full_name\":\"markus-barta/nixcfg\"},\"action\":\"" + type + "\"}";
    List<Trigger> when = List.of(new Trigger.RepositoryDispatch(NIXCFG, "x"));
    Answer answer = answer("repository_dispatch", json, route("r", when, CFG));
    assertThat(answer.body().get("ignored"))
        .asString()
        .hasSizeLessThan(1000)
        .doesNotContain("\n", "\u001b")
        .endsWith("routes wait for repository_dispatch x of markus-barta/nixcfg");
  }

  @ParameterizedTest
  @CsvSource({"v2.1.1, none", "hello-v2.1.1, 2.1.1", "hello-v1:2, none", "other-v1.0, none"})
  void aRouteSaysWhereItsTagsHaveTheVersion(String tag, String version) {
    String json =
        """
        {"action":"published","release":{"tag_name":"%s","target_commitish":"%s"},\
        "repository":{"full_name":"markus-barta/nixfleet"}}\
        """
            .formatted(tag, SHA);
    Route plain = route("r", List.of(new Trigger.Release(NIXFLEET)), CFG);
    answer("release", json, tagged(plain, "hello-v(.+)"));
    assertThat(queue.sent().getFirst().version().map(Version::text).orElse("none"))
        .isEqualTo(version);
  }

  @ParameterizedTest
  @CsvSource({"jdk-21+35, 21", "2.0, 2.0", "x-v3, 3"})
  void aDispatchedVersionMayBeATagOfTheRoutesForm(String said, String version) {
    String json = Samples.dispatch("{\"sha\":\"" + SHA + "\",\"version\":\"" + said + "\"}");
    Trigger dispatch = new Trigger.RepositoryDispatch(NIXCFG, "nixfleet-updated");
    answer(
        "repository_dispatch", json, tagged(route("r", List.of(dispatch), CFG), "jdk-([0-9]+).*"));
    assertThat(queue.sent().getFirst().version().map(Version::text).orElse("none"))
        .isEqualTo(version);
  }

  private static Route tagged(Route route, String pattern) {
    return new Route(
        route.name(),
        route.when(),
        route.source(),
        route.targets(),
        route.commit(),
        route.publish(),
        route.allow(),
        route.pushAttempts(),
        route.reconcile(),
        Optional.of(new TagPattern(pattern)),
        route.report(),
        route.proposal(),
        route.engine(),
        Checks.IGNORED);
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
