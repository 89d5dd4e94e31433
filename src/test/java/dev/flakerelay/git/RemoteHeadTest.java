package dev.flakerelay.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.GitHttpServer;
import dev.flakerelay.support.Request;
import dev.flakerelay.support.TestRepository;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RemoteHeadTest {
  @TempDir Path folder;
  private TestRepository repository;
  private Revision main;
  private Revision other;

  @BeforeEach
  void makeTwoBranches() {
    repository = TestRepository.create(folder.resolve("source"));
    main = repository.write("a", "a").commit("First");
    other = repository.branch("release/1.x").write("a", "b").commit("Second");
    repository.checkout("main");
  }

  private static Revision head(String url, String branch) throws JobException {
    Optional<String> name = Optional.of(branch).filter(text -> !text.isEmpty());
    return RemoteHead.of(new GitRemote(url, Optional.empty()), name);
  }

  @Test
  void ofARepositoryOnThisMachine() throws Exception {
    assertThat(head(repository.url(), "main")).isEqualTo(main);
    assertThat(head(repository.url(), "release/1.x")).isEqualTo(other);
    assertThat(head(repository.url(), "")).isEqualTo(main);
  }

  @Test
  void overHttpNothingIsFetched() throws Exception {
    try (GitHttpServer server = GitHttpServer.serving(folder)) {
      assertThat(head(server.url("source/.git"), "release/1.x")).isEqualTo(other);
      assertThat(head(server.url("source/.git"), "")).isEqualTo(main);
      assertThat(server.requests())
          .hasSizeLessThanOrEqualTo(4)
          .extracting(Request::body)
          .noneMatch(body -> new String(body, StandardCharsets.UTF_8).contains("want "));
    }
  }

  @Test
  void aTagOfTheSameNameIsNotTheBranch() throws Exception {
    repository.git("tag", "main", other.hex());
    assertThat(head(repository.url(), "main")).isEqualTo(main);
  }

  @Test
  void aBranchOrRepositoryThatIsMissingIsNamed() {
    assertThatThrownBy(() -> head(repository.url(), "gone"))
        .isInstanceOf(PermanentException.class)
        .hasMessageEndingWith("there is no refs/heads/gone");
    assertThatThrownBy(() -> head("file://" + folder.resolve("nowhere"), "main"))
        .isInstanceOf(JobException.class)
        .hasMessageContaining("nowhere");
  }

  @Test
  void aServerThatFailsIsAskedLater() {
    try (GitHttpServer server = GitHttpServer.serving(folder)) {
      server.failNext(2, "/source", Fault.status(503));
      assertThatThrownBy(() -> head(server.url("source/.git"), "main"))
          .isInstanceOf(RetryableException.class);
    }
  }
}
