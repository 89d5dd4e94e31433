package dev.flakerelay.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GitCommandTest {
  @TempDir private Path folder;

  /** It did once, and a test failed because its folder could not be removed meanwhile. */
  @Test
  void gitNeverTidiesUpInTheBackground() throws Exception {
    TestRepository origin = TestRepository.create(folder.resolve("origin")).write("a", "1");
    origin.commit("First");
    origin.git("config", "uploadpack.allowFilter", "true");
    Path partial = folder.resolve("partial");
    origin.git(
        "clone", "--quiet", "--no-checkout", "--filter=tree:0", origin.url(), partial.toString());
    Path trace = folder.resolve("trace");
    GitCommand git = GitCommand.in(partial).with(Map.of("GIT_TRACE2_EVENT", trace.toString()));

    git.run("fetch", "--quiet", "--refetch", "--no-filter");

    assertThat(Files.readString(trace))
        .contains("\"fetch\"")
        .doesNotContain("\"maintenance\"", "\"gc\"");
  }
}
