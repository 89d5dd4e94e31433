package dev.flakerelay.git.transport;

import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flakerelay.RetryableException;
import dev.flakerelay.git.GitRemote;
import dev.flakerelay.git.TargetBranch;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.GitHttpServer;
import dev.flakerelay.support.TestRepository;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HttpConnectionsTest {
  /** It was an empty repository once, without the branch, and every job was rejected. */
  @Test
  void aPageWithStatus200IsNoEmptyRepository(@TempDir Path folder) throws Exception {
    TestRepository.create(folder.resolve("app")).write("a", "a").commit("First");
    try (GitHttpServer server = GitHttpServer.serving(folder)) {
      GitRemote remote = new GitRemote(server.url("app/.git"), Optional.empty());
      for (Fault page :
          new Fault[] {
            new Fault.Status(200, Map.of(), ""),
            new Fault.Status(200, Map.of("Content-Type", "text/html"), "<h1>Sign in</h1>"),
          }) {
        server.failNext(1, "/app/.git/info/refs", page);
        assertThatExceptionOfType(RetryableException.class)
            .isThrownBy(
                () -> TargetBranch.fetch(remote, "main", _ -> Set.of("a"), folder.resolve("cache")))
            .withMessageContaining("could not fetch the branch of http://127.0.0.1")
            .withMessageContaining("the answer is not that of a Git server (Content-Type: ");
      }
      TargetBranch.fetch(remote, "main", _ -> Set.of("a"), folder.resolve("cache")).close();
    }
  }
}
