package dev.flakerelay.update;

import static dev.flakerelay.update.publish.PullRequestFlow.TOKEN;
import static dev.flakerelay.update.publish.PullRequestFlow.outcome;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.config.Config;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.outcome.OutcomeLog;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.secret.SecretReader;
import dev.flakerelay.secret.SecretReference;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.support.Request;
import dev.flakerelay.support.TestForge;
import dev.flakerelay.update.publish.PullRequestFlow;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@OneAtATime
@Tag("slow")
class PrivateSourceTest {
  @TempDir Path folder;
  private PullRequestFlow flow;

  @BeforeEach
  void hostEverything() {
    flow = new PullRequestFlow(folder, "source");
  }

  @AfterEach
  void stop() {
    flow.close();
  }

  private static String logged(Outcome outcome) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    new OutcomeLog(new EventLog(out, EventLog.Format.JSON, InstantSource.system())).ended(outcome);
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void aPrivateSourceAndAPrivateTargetNeedNothingButTheToken() throws Exception {
    Revision second = flow.release("Second");
    Config push = flow.config("push", "source");

    Outcome updated = outcome(flow.run(push, flow.job("source", second, "delivery-2")));

    assertThat(updated.kind()).as("%s", updated.reason()).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(flow.locked("main", "source")).isEqualTo(second.hex());
    assertThat(authorizedHosts()).containsOnly("github.com", "api.github.com");
    assertThat(logged(updated)).doesNotContain(TOKEN);
    assertThat(flow.target.log("main").getFirst().message()).doesNotContain(TOKEN);
  }

  private List<Result> runWith(String token, Revision revision) throws Exception {
    return flow.run(
        flow.config("push", "source"),
        SecretValues.fixed(List.of(new Secret(token))),
        flow.job("source", revision, "delivery-2"));
  }

  @Test
  void aTokenWithALineEndOpensTheDoorsThatItOpensWithout() throws Exception {
    Outcome updated = outcome(runWith(TOKEN + "\n", flow.release("Second")));

    assertThat(updated.kind()).as("%s", updated.reason()).isEqualTo(Outcome.Kind.UPDATED);
  }

  /** The JDK quotes a header that it refuses: the token stood in the log. */
  @ParameterizedTest
  @ValueSource(strings = {TOKEN + "\n", "user: me\npassword: " + TOKEN})
  void aTokenThatFitsInNoHeaderIsNotTold(String token) throws Exception {
    flow.forge.github("acme/source", flow.source).github("acme/target", flow.target);

    List<Result> results = runWith(token, flow.release("Second"));

    assertThat(results.toString()).doesNotContain(TOKEN);
  }

  @Test
  void aTokenThatIsNoneIsToldAndTheJobTriedAgain() throws Exception {
    List<Result> results = runWith("user: me\npassword: " + TOKEN, flow.first);

    assertThat(results.getFirst()).isInstanceOf(Result.Again.class);
    assertThat(results.toString()).contains("secrets.git: a token is one word");
  }

  /** Until then the job of who had taken the old one away was rejected, for five minutes. */
  @Test
  void aTokenThatWasReplacedMomentsAgoCostsNoJob() throws Exception {
    Path file = Files.writeString(folder.resolve("token"), TOKEN);
    AtomicReference<Instant> now = new AtomicReference<>(Instant.now());
    SecretValues token =
        SecretValues.of(
            SecretReader.of(Map.of()),
            List.of(SecretReference.parse("file:" + file)),
            () -> now.get());
    Config push = flow.config("push", "source");
    assertThat(outcome(flow.run(push, token, flow.job("source", flow.first, "delivery-1"))).kind())
        .isEqualTo(Outcome.Kind.UNCHANGED);

    Revision second = flow.release("Second");
    String replaced = "ghp_Another9876543210";
    Files.writeString(file, replaced);
    flow.forge.hidden("github.com", "acme/source", flow.source, replaced);
    flow.forge.hidden("github.com", "acme/target", flow.target, replaced);
    now.updateAndGet(time -> time.plusSeconds(30));

    List<Result> first = flow.run(push, token, flow.job("source", second, "delivery-2"));
    assertThat(first.getFirst()).isInstanceOf(Result.Again.class);
    assertThat(outcome(flow.run(push, token, flow.job("source", second, "delivery-2"))).kind())
        .isEqualTo(Outcome.Kind.UPDATED);
  }

  private List<String> authorizedHosts() {
    return flow.forge.requests().stream()
        .filter(Request::authorized)
        .map(Request::host)
        .distinct()
        .toList();
  }

  @Test
  void aPrivateSourceThatIsGoneIsToldWithoutTheToken() throws Exception {
    Revision second = flow.release("Second");
    flow.forge.hidden("github.com", "acme/source", flow.source, "another token");

    Outcome refused =
        outcome(flow.run(flow.config("push", "source"), flow.job("source", second, "delivery-2")));

    assertThat(refused.kind()).isEqualTo(Outcome.Kind.REJECTED);
    assertThat(logged(refused)).contains("acme/source").doesNotContain(TOKEN);
  }

  @Test
  void aSourceOnAnotherHostIsNeverShownTheToken() throws Exception {
    for (String host : List.of("gitlab.com", TestForge.PLAIN_HOST)) {
      String reference =
          host.equals("gitlab.com")
              ? "gitlab:acme/source"
              : "git+https://" + host + "/acme/source.git?ref=main";
      Path elsewhere = folder.resolve(host);
      try (PullRequestFlow other = PullRequestFlow.from(elsewhere, host, reference)) {
        Revision second = other.release("Second");
        Config push = other.config("push", "source");

        Outcome updated = outcome(other.run(push, other.job("source", second, "delivery-2")));
        assertThat(updated.kind()).as("%s", updated.reason()).isEqualTo(Outcome.Kind.UPDATED);

        // Even where the token would open the door.
        other.forge.hidden(host, "acme/source", other.source, TOKEN);
        Revision third = other.release("Third");
        Outcome refused = outcome(other.run(push, other.job("source", third, "delivery-3")));
        assertThat(refused.kind()).isEqualTo(Outcome.Kind.REJECTED);
        assertThat(logged(refused)).contains(host).doesNotContain(TOKEN);

        assertThat(other.forge.requests())
            .filteredOn(request -> request.host().equals(host))
            .isNotEmpty()
            .noneMatch(Request::authorized);
      }
    }
  }
}
