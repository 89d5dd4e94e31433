package dev.flakerelay.forge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.Deadline;
import dev.flakerelay.ForgeHosts;
import dev.flakerelay.ForgeKind;
import dev.flakerelay.PermanentException;
import dev.flakerelay.Relation;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.Token;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.support.OutboundDefaults;
import dev.flakerelay.support.TestForge;
import dev.flakerelay.support.TestRepository;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What every forge does alike, each against a stand-in that answers as it does. */
@OneAtATime
@Tag("slow")
class ForgeContractTest {
  private static final String TOKEN = "s3cr3tTokenOfTheForge";

  @TempDir Path folder;
  private final OutboundDefaults network = OutboundDefaults.keep();
  private TestForge stand;
  private TestRepository repository;
  private Revision first;
  private Revision second;
  private Revision side;

  @BeforeEach
  void hostARepositoryOnEach() throws Exception {
    stand = TestForge.start();
    network.lead(stand.environment());
    repository = TestRepository.create(folder.resolve("tools"));
    first = repository.write("a", "a").commit("First");
    second = repository.write("a", "b").commit("Second");
    side = repository.branch("flake-relay/x").write("a", "c").commit("Side");
    stand.hidden("github.com", "acme/tools", repository, TOKEN);
    stand.hidden(TestForge.FORGEJO_HOST, "acme/tools", repository, TOKEN);
  }

  @AfterEach
  void stop() {
    network.close();
    stand.close();
  }

  private Forge forge(String host, String token) {
    ForgeHosts hosts = new ForgeHosts(Map.of(TestForge.FORGEJO_HOST, ForgeKind.FORGEJO));
    return new Forges(hosts, folder.resolve("heads"), Deadline.NONE)
        .of("https://" + host + "/acme/tools.git", new Token(token))
        .orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(strings = {"github.com", TestForge.FORGEJO_HOST})
  void headsAndHistories(String host) throws Exception {
    Forge forge = forge(host, TOKEN);
    assertThat(forge.head(Optional.of("main"))).isEqualTo(second);
    assertThat(forge.head(Optional.of("flake-relay/x"))).isEqualTo(side);
    try (BranchComparison main = forge.compare(Optional.of("main"))) {
      assertThat(main.has(first)).isTrue();
      assertThat(main.has(side)).isFalse();
      assertThat(main.relation(first, second)).isEqualTo(Relation.NEWER);
      assertThat(main.relation(second, first)).isEqualTo(Relation.OLDER);
      assertThat(main.relation(second, second)).isEqualTo(Relation.SAME);
      assertThat(main.relation(first, side)).isEqualTo(Relation.OFF_BRANCH);
      assertThat(main.relation(side, second)).isEqualTo(Relation.DIVERGED);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"github.com", TestForge.FORGEJO_HOST})
  void proposals(String host) throws Exception {
    try (Proposals pulls = forge(host, TOKEN).proposals()) {
      assertThat(pulls.find("flake-relay/x", "main")).isEmpty();
      OpenProposal open = pulls.create("flake-relay/x", "main", "Title", "One\nTwo");
      assertThat(pulls.find("flake-relay/x", "main")).contains(open);
      assertThat(pulls.find("main", "flake-relay/x")).isEmpty();
      assertThatThrownBy(() -> pulls.create("flake-relay/x", "main", "Title", "Body"))
          .isInstanceOf(RetryableException.class);

      assertThat(pulls.change(open, "Newer", "Three").says("Newer", "Three")).isTrue();
      pulls.label(open, List.of("dependencies", "nix"));
      assertThat(pulls.find("flake-relay/x", "main").orElseThrow().labels())
          .containsExactly("dependencies", "nix");
      pulls.requestReviews(open, List.of("me"), List.of("ops"));
      pulls.mergeWhenReady(open, side);
      pulls.comment(open, "A sentence.");
      long before = posted();
      pulls.comment(open, "A sentence.");
      assertThat(posted()).isEqualTo(before);

      pulls.withdraw(open);
      assertThat(pulls.find("flake-relay/x", "main")).isEmpty();
    }
  }

  private long posted() {
    return stand.requests().stream().filter(each -> each.method().equals("POST")).count();
  }

  @ParameterizedTest
  @ValueSource(strings = {"github.com", TestForge.FORGEJO_HOST})
  void statuses(String host) throws Exception {
    try (Statuses statuses = forge(host, TOKEN).statuses()) {
      CommitStatus pending =
          new CommitStatus(
              CommitStatus.State.PENDING, "c", "d", Optional.of("https://example.org/#x"));
      CommitStatus done = new CommitStatus(CommitStatus.State.ERROR, "c", "e", Optional.empty());
      statuses.set(second, pending);
      statuses.set(
          second, new CommitStatus(CommitStatus.State.SUCCESS, "other", "", Optional.empty()));
      statuses.set(second, done);
      assertThat(statuses.of(second, "c")).containsExactly(done, pending);
      assertThat(statuses.of(first, "c")).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"github.com", TestForge.FORGEJO_HOST})
  void failures(String host) throws Exception {
    String api = host.equals("github.com") ? "api.github.com/repos" : host + "/api/v1/repos";
    try (Proposals pulls = forge(host, TOKEN).proposals()) {
      for (int status : new int[] {401, 403, 404}) {
        stand.failNext(
            1, api, new Fault.Status(status, Map.of(), "{\"message\":\"x " + TOKEN + "\"}"));
        assertThatThrownBy(() -> pulls.find("flake-relay/x", "main"))
            .isInstanceOf(PermanentException.class)
            .hasMessageContaining("HTTP " + status)
            .hasMessageNotContaining(TOKEN);
      }
      stand.failNext(1, api, Fault.tooManyRequests(Duration.ofSeconds(7)));
      assertThatThrownBy(() -> pulls.find("flake-relay/x", "main"))
          .isInstanceOfSatisfying(
              RetryableException.class,
              e -> assertThat(e.retryAfter()).contains(Duration.ofSeconds(7)));
      for (Fault fault : List.of(Fault.status(500), Fault.status(502), new Fault.CutOff())) {
        stand.failNext(1, api, fault);
        assertThatThrownBy(() -> pulls.find("flake-relay/x", "main"))
            .isInstanceOf(RetryableException.class);
      }
    }
    try (Proposals others = forge(host, "another").proposals()) {
      assertThatThrownBy(() -> others.find("flake-relay/x", "main"))
          .isInstanceOf(PermanentException.class)
          .hasMessageContaining("may not see it");
    }
  }
}
