package dev.flakerelay.reconcile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.read.ConfigReader;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.support.Request;
import dev.flakerelay.support.TestForge;
import dev.flakerelay.support.TestRepository;
import dev.flakerelay.update.Repositories;
import dev.flakerelay.update.publish.PullRequestFlow;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of a forge to see whether a lock lags. */
@OneAtATime
@Tag("slow")
class ComparisonTest {
  private static final String API = "api.github.com/repos/acme/source/commits";

  @TempDir Path folder;

  private static Comparison.Finding.Seen compare(PullRequestFlow flow) throws Exception {
    return compare(flow, flow.repositories());
  }

  private static Comparison.Finding.Seen compare(PullRequestFlow flow, Repositories repositories)
      throws Exception {
    var routes = flow.config("push", "source").routes().values();
    List<Comparison.Finding> findings =
        new Comparison(repositories, InstantSource.system()).of(routes, Instant.MAX).toList();
    assertThat(findings).hasSize(1);
    assertThat(findings.getFirst()).isInstanceOf(Comparison.Finding.Seen.class);
    return (Comparison.Finding.Seen) findings.getFirst();
  }

  private static List<Request> ofSource(PullRequestFlow flow, int from) {
    return flow.forge.requests().stream()
        .skip(from)
        .filter(request -> request.path().contains("acme/source"))
        .toList();
  }

  @Test
  void aSourceOnGitHubIsOneConditionalRequest() throws Exception {
    try (PullRequestFlow flow = new PullRequestFlow(folder, "source")) {
      flow.forge.github("acme/source", flow.source);
      int before = flow.forge.requests().size();
      assertThat(compare(flow).lags()).isFalse();
      assertThat(ofSource(flow, before))
          .singleElement()
          .satisfies(request -> assertThat(request.host()).isEqualTo("api.github.com"));
      int between = flow.forge.requests().size();
      assertThat(compare(flow).lags()).isFalse();
      assertThat(ofSource(flow, between))
          .singleElement()
          .satisfies(
              request ->
                  assertThat(request.header("If-None-Match")).contains("\"" + flow.first + "\""));

      Revision second = flow.release("Second");
      Comparison.Finding.Seen seen = compare(flow);
      assertThat(seen.lags()).isTrue();
      assertThat(seen.head()).isEqualTo(second);
      assertThat(seen.job().revision()).isEqualTo(second);
    }
  }

  @Test
  void anApiThatIsUsedUpIsLeftAloneAndGitIsAsked() throws Exception {
    try (PullRequestFlow flow = new PullRequestFlow(folder, "source")) {
      Revision second = flow.release("Second");
      int before = flow.forge.requests().size();
      // Without the token, and with it.
      flow.forge.failNext(2, API, Fault.tooManyRequests(Duration.ofHours(1)));
      assertThat(compare(flow).head()).isEqualTo(second);
      assertThat(ofSource(flow, before).stream().map(Request::host))
          .startsWith("api.github.com", "api.github.com")
          .contains("github.com")
          .filteredOn("api.github.com"::equals)
          .hasSize(2);
    }
  }

  @Test
  void aSourceThatFailsIsNotAskedForEachOfItsInputs() throws Exception {
    try (PullRequestFlow flow = new PullRequestFlow(folder, "source")) {
      Route route = flow.config("push", "source").routes().values().iterator().next();
      flow.forge.failNext(100, API, Fault.status(502));
      flow.forge.failNext(100, "github.com/acme/source", Fault.status(502));
      int before = flow.forge.requests().size();
      Comparison comparison = new Comparison(flow.repositories(), InstantSource.system());
      assertThat(comparison.of(List.of(route), Instant.MAX))
          .hasOnlyElementsOfType(Comparison.Finding.Failed.class);
      int once = ofSource(flow, before).size();
      assertThat(once).isPositive();

      int between = flow.forge.requests().size();
      assertThat(comparison.of(List.of(route, route, route), Instant.MAX))
          .hasSize(3)
          .hasOnlyElementsOfType(Comparison.Finding.Failed.class);
      assertThat(ofSource(flow, between)).hasSize(once);
    }
  }

  /** A URL that nobody understood ended the look at all that came after. */
  @Test
  void whatIsWrongWithOneTargetHindersNoOther() throws Exception {
    try (PullRequestFlow flow = new PullRequestFlow(folder, "source")) {
      TestRepository odd =
          TestRepository.create(folder.resolve("odd"))
              .write("flake.nix", "{ inputs.x.url = \"…\"; outputs = _: { }; }")
              .write(
                  "flake.lock",
                  """
                  {"nodes": {"root": {"inputs": {"x": "x"}},
                             "x": {"locked": {"type": "git", "url": "https://github.com/a/b|c"},
                                   "original": {"type": "git", "url": "https://github.com/a/b|c"}}},
                   "root": "root", "version": 7}
                  """);
      odd.commit("Odd");
      flow.forge.hidden("github.com", "acme/odd", odd, PullRequestFlow.TOKEN);
      Route route = flow.config("push", "source").routes().values().iterator().next();
      String text = Files.readString(folder.resolve("relay.yaml"));
      text = text.replace("acme/target", "acme/odd").replace("source]", "x]");
      Config second = ConfigReader.read(Files.writeString(folder.resolve("odd.yaml"), text));
      Comparison comparison = new Comparison(flow.repositories(), InstantSource.system());

      List<Comparison.Finding> findings =
          comparison
              .of(List.of(second.routes().values().iterator().next(), route), Instant.MAX)
              .toList();

      assertThat(findings).hasSize(2);
      assertThat(findings.getFirst()).isInstanceOf(Comparison.Finding.Failed.class);
      assertThat(findings.getLast()).isInstanceOf(Comparison.Finding.Seen.class);
    }
  }

  @Test
  void withoutATokenTheApisFewAnonymousRequestsAreNotSpent() throws Exception {
    try (PullRequestFlow flow = new PullRequestFlow(folder, "source")) {
      flow.forge.github("acme/source", flow.source).github("acme/target", flow.target);
      int before = flow.forge.requests().size();
      Repositories anonymous =
          new Repositories(folder.resolve("anonymous"), SecretValues.fixed(List.of()));
      assertThat(compare(flow, anonymous).head()).isEqualTo(flow.first);
      assertThat(ofSource(flow, before)).extracting(Request::host).containsOnly("github.com");
    }
  }

  @Test
  void aSourceOnAnotherForgeIsAskedOverGit() throws Exception {
    String reference = "git+https://" + TestForge.PLAIN_HOST + "/acme/source.git?ref=main";
    try (PullRequestFlow flow = PullRequestFlow.from(folder, TestForge.PLAIN_HOST, reference)) {
      Revision second = flow.release("Second");
      assertThat(compare(flow).head()).isEqualTo(second);
    }
  }
}
