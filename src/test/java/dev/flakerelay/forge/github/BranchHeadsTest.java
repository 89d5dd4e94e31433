package dev.flakerelay.forge.github;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.Token;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.support.OutboundDefaults;
import dev.flakerelay.support.Request;
import dev.flakerelay.support.TestForge;
import dev.flakerelay.support.TestRepository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@OneAtATime
class BranchHeadsTest {
  private static final String TOKEN = "ghp_TopSecret";
  private static final GitHubRepository REPOSITORY =
      GitHubRepository.of("https://github.com/acme/tools.git").orElseThrow();

  @TempDir Path folder;
  private TestForge forge;
  private final OutboundDefaults network = OutboundDefaults.keep();
  private TestRepository repository;
  private Path file;

  @BeforeEach
  void hostARepository() throws Exception {
    forge = TestForge.start();
    network.lead(forge.environment());
    repository = TestRepository.create(folder.resolve("tools"));
    repository.write("a", "a").commit("First");
    forge.hidden("github.com", "acme/tools", repository, TOKEN);
    file = folder.resolve("cache/heads.json");
  }

  @AfterEach
  void stop() {
    network.close();
    forge.close();
  }

  private Revision head(String... branch) throws JobException {
    try (BranchHeads heads = new BranchHeads(new Token(TOKEN), file, Deadline.NONE)) {
      return heads.of(REPOSITORY, Optional.of(branch).filter(b -> b.length > 0).map(b -> b[0]));
    }
  }

  private Request lastRequest() {
    return forge.requests().getLast();
  }

  @Test
  void aHeadIsOneRequestThatAnswersWithTheIdAlone() throws Exception {
    forge.github("acme/tools", repository);
    assertThat(head("main")).isEqualTo(repository.head("main"));
    assertThat(forge.requests()).hasSize(1).noneMatch(Request::authorized);
    assertThat(lastRequest().path()).isEqualTo("/repos/acme/tools/commits/heads/main");
    assertThat(lastRequest().header("Accept")).contains("application/vnd.github.sha");
    assertThat(head()).isEqualTo(repository.head("main"));
  }

  @Test
  void aPrivateRepositoryIsAskedOnceWithoutTheToken() throws Exception {
    assertThat(head("main")).isEqualTo(repository.head("main"));
    assertThat(forge.requests()).extracting(Request::authorized).containsExactly(false, true);
  }

  @Test
  void anAddressThatAskedTooMuchWithoutTheTokenAsksWithIt() throws Exception {
    forge.github("acme/tools", repository);
    forge.failNext(
        1, "api.github.com/repos/acme/tools", Fault.tooManyRequests(Duration.ofSeconds(90)));
    assertThat(head("main")).isEqualTo(repository.head("main"));
    assertThat(forge.requests()).extracting(Request::authorized).containsExactly(false, true);
  }

  @Test
  void aHeadThatDidNotMoveIsNotSentAgain() throws Exception {
    Revision first = head("main");
    assertThat(head("main")).isEqualTo(first);
    assertThat(lastRequest().header("If-None-Match")).contains("\"" + first + "\"");
    Revision second = repository.write("a", "b").commit("Second");
    assertThat(head("main")).isEqualTo(second);
    assertThat(head("main")).isEqualTo(second);
    assertThat(lastRequest().header("If-None-Match")).contains("\"" + second + "\"");
    assertThat(Files.readString(file)).contains(second.hex()).doesNotContain(TOKEN);
    assertThat(file.resolveSibling(".")).isDirectoryNotContaining("glob:**.new");
  }

  @Test
  void aBranchIsNotMistakenForATagOfItsName() throws Exception {
    Revision first = repository.head("main");
    Revision second = repository.write("a", "b").commit("Second");
    repository.git("tag", "main", first.hex());
    assertThat(head("main")).isEqualTo(second);
  }

  @Test
  void anOddNameOfABranchIsAskedForAsItIs() throws Exception {
    Revision odd = repository.branch("a+b/100%#é").write("a", "c").commit("Odd");
    assertThat(head("a+b/100%#é")).isEqualTo(odd);
  }

  @Test
  void aBrokenFileCountsAsEmpty() throws Exception {
    Files.createDirectories(file.resolveSibling("."));
    Files.writeString(file, "{\"https://api.github.com\": {\"tag\": 1");
    assertThat(head("main")).isEqualTo(repository.head("main"));
    Files.writeString(file, "{\"no url\": {\"tag\": \"t\", \"revision\": \"x\"}}");
    assertThat(head("main")).isEqualTo(repository.head("main"));
  }

  @Test
  void aRateLimitSaysHowLongToWait() {
    forge.failNext(
        2, "api.github.com/repos/acme/tools", Fault.tooManyRequests(Duration.ofSeconds(90)));
    assertThatThrownBy(() -> head("main"))
        .isInstanceOfSatisfying(
            RetryableException.class,
            e -> assertThat(e.retryAfter()).contains(Duration.ofSeconds(90)));
  }

  @Test
  void anAnswerThatIsNoIdIsNotBelieved() {
    forge.failNext(1, "api.github.com/repos/acme/tools", Fault.status(200));
    assertThatThrownBy(() -> head("main"))
        .isInstanceOf(RetryableException.class)
        .hasMessageContaining("something else than a commit's id");
    assertThat(file).doesNotExist();
  }
}
