package dev.flakerelay.forge.github;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GitHubRepositoryTest {
  @ParameterizedTest
  @CsvSource({
    "https://github.com/acme/tools.git, https://api.github.com, acme, tools",
    "https://GitHub.com/acme/tools, https://api.github.com, acme, tools",
    "https://github.com/a-1/x.y.git/, https://api.github.com, a-1, x.y",
    "https://git.corp.example/acme/tools.git, https://git.corp.example/api/v3, acme, tools",
    "https://git.corp.example:8443/acme/tools, https://git.corp.example:8443/api/v3, acme, tools",
  })
  void theApiIsThatOfTheHost(String url, String api, String owner, String name) {
    GitHubRepository found = GitHubRepository.of(url).orElseThrow();
    assertThat(found.api()).hasToString(api);
    assertThat(found.owner()).isEqualTo(owner);
    assertThat(found.name()).isEqualTo(name);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://github.com/acme/tools.git",
        "ssh://git@github.com/acme/tools.git",
        "git@github.com:acme/tools.git",
        "file:///srv/acme/tools.git",
        "https://gitlab.com/group/sub/tools.git",
        "https://github.com/acme",
        "https://github.com/acme/tools/issues",
        "https://github.com/acme/to ols",
        "https://github.com/acme/tools?x=y",
      })
  void anythingElseIsNoRepositoryOnGitHub(String url) {
    assertThat(GitHubRepository.of(url)).isEmpty();
  }
}
