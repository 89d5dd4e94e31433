package dev.flakerelay.config;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.flakerelay.config.read.ConfigReader;
import dev.flakerelay.config.yaml.Problem;
import dev.flakerelay.secret.SecretReference;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code secrets.github-app}, {@code secrets.signing} and {@code commit.sign}. */
class SignRuleTest {
  private static final String GITHUB = "https://github.com/acme/target.git";

  @TempDir private Path folder;

  private Path write(String secrets, String repository, String more) throws Exception {
    return Files.writeString(
        folder.resolve("relay.yaml"),
        """
        secrets: { webhook: [env:A]%s }
        routes:
          tools:
            when: [{ event: release, repository: acme/source }]
            targets: [{ repository: "%s", branch: main, input: app }]
            %s
        """
            .formatted(secrets, repository, more));
  }

  private Config read(String secrets, String more) throws Exception {
    return ConfigReader.read(write(secrets, GITHUB, more));
  }

  private String problems(String secrets, String repository, String more) throws Exception {
    Path file = write(secrets, repository, more);
    ConfigException e = catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(file));
    assertThat(e).isNotNull();
    return String.join("\n", e.problems().stream().map(Problem::toString).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"123456", "\"123456\"", "Iv23liABCdefGHI", "Iv1.8a61f9b3a7aba766"})
  void anAppHasAnIdAndAKey(String id) throws Exception {
    Config config =
        read(", github-app: { id: " + id + ", key: \"file:/k.pem\" }", "publish: pull-request");
    assertThat(config.secrets().gitHubApp())
        .contains(
            new GitHubAppSecret(
                id.replace("\"", ""), SecretReference.parse("file:/k.pem"), "github.com"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ id: 1 } | github-app.key: missing",
        "{ key: env:A } | github-app.id: missing",
        "{ id: my-app, key: env:A } | github-app.id: not an App's id",
        "{ id: 1, key: /k.pem } | github-app.key: a secret is named",
        "{ id: 1, key: env:A, host: https://x } | github-app.host: not a host's name",
        "env:A | github-app: text, not a mapping"
      })
  void whatIsWrongWithAnAppIsTold(String app, String problem) throws Exception {
    assertThat(problems(", github-app: " + app, GITHUB, "")).contains("secrets." + problem);
  }

  @Test
  void commitsAreSignedAsTheRouteSays() throws Exception {
    assertThat(requireNonNull(read("", "").routes().get("tools")).commit().sign())
        .isEqualTo(Sign.NONE);
    Config ssh = read(", signing: env:S", "commit: { sign: ssh }");
    assertThat(requireNonNull(ssh.routes().get("tools")).commit().sign()).isEqualTo(Sign.SSH);
    assertThat(ssh.secrets().signing()).isEqualTo(Optional.of(SecretReference.parse("env:S")));
    Config app = read(", github-app: { id: 1, key: env:K }", "commit: { sign: github }");
    assertThat(requireNonNull(app.routes().get("tools")).commit().sign()).isEqualTo(Sign.GITHUB);
  }

  @Test
  void whatIsSignedNeedsSomethingToSignWith() throws Exception {
    assertThat(problems(", git: env:T", GITHUB, "commit: { sign: ssh }"))
        .contains("secrets: the route tools signs its commits: add for example signing: file:");
    assertThat(problems(", git: env:T", GITHUB, "commit: { sign: github }"))
        .contains("add for example github-app: { id:");
    String app = ", github-app: { id: 1, key: env:K }";
    assertThat(problems(app, "https://gitlab.com/a/b.git", "commit: { sign: github }"))
        .contains("an App of github.com signs none of https://gitlab.com/a/b.git: write sign: ssh");
    assertThat(
            problems(app, GITHUB, "commit: { sign: github, author: { name: a, email: a@b.org } }"))
        .contains("commit.author: GitHub signs for its App alone");
    assertThat(problems(app, GITHUB, "commit: { sign: gpg }")).contains("commit.sign");
  }
}
