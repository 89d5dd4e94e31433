package dev.flakerelay.config.read;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.flakerelay.config.Checks;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.ConfigException;
import dev.flakerelay.config.PathFilter;
import dev.flakerelay.config.PublicEndpoint;
import dev.flakerelay.config.Secrets;
import dev.flakerelay.config.Trigger;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Who may send, and what for: {@code endpoint}, {@code event: dispatch}, {@code paths}, {@code
 * checks}.
 */
class SenderKeysTest {
  private static final String FILE =
      """
      endpoint: https://relay.example.org
      routes:
        one:
          when:
            - { event: dispatch, repository: owner/source, ref: refs/heads/main }
          targets:
            - { repository: "https://example.org/target.git", branch: main, input: source }
      """;

  @TempDir private Path folder;

  private Config read(String yaml) throws IOException, ConfigException {
    return ConfigReader.read(Files.writeString(folder.resolve("relay.yaml"), yaml));
  }

  private List<String> problems(String yaml) throws IOException {
    Files.writeString(folder.resolve("relay.yaml"), yaml);
    ConfigException e =
        catchThrowableOfType(
            ConfigException.class, () -> ConfigReader.read(folder.resolve("relay.yaml")));
    assertThat(e).as("no problem in " + yaml).isNotNull();
    return e.problems().stream().map(each -> each.path() + ": " + each.message()).toList();
  }

  @Test
  void aRelayThatTakesTokensAloneNeedsNoSecret() throws Exception {
    Config config = read(FILE);
    assertThat(config.secrets()).isEqualTo(Secrets.NONE);
    assertThat(config.endpoint())
        .isEqualTo(
            new PublicEndpoint(
                Optional.of("https://relay.example.org"),
                "https://token.actions.githubusercontent.com"));
    assertThat(config.triggers())
        .singleElement()
        .hasToString("Dispatch[repository=owner/source, ref=Optional[refs/heads/main]]");
    assertThat(requireNonNull(config.routes().get("one")).reconcile()).isTrue();
    String enterprise =
        FILE.replace(
            "relay.example.org\n",
            "relay.example.org/x/\ntoken-issuer: https://git.example.org/_services/token/\n");
    assertThat(read(enterprise).endpoint().issuer())
        .isEqualTo("https://git.example.org/_services/token");
    assertThat(read(enterprise).endpoint().url()).contains("https://relay.example.org/x");
    assertThat(read(FILE.replace("https://relay.example.org", "http://127.0.0.1:8080")))
        .isNotNull();
    assertThat(read("secrets: { git: env:T }\n" + FILE).secrets().webhook()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          endpoint: https://relay.example.org | '' | endpoint: missing: a route has event: dispatch, whose tokens are made for this address: write for example endpoint: https://relay.example.org
          https://relay.example.org | http://relay.example.org | endpoint: write https://HOST; http is for this machine only
          https://relay.example.org | relay.example.org | endpoint: write https://HOST; http is for this machine only
          https://relay.example.org | https://me:pw@relay.example.org | endpoint: write https://HOST, without @, ? and #
          https://relay.example.org | https://relay.example.org/webhook | endpoint: the address without its last part: write https://relay.example.org
          https://relay.example.org | https://relay.example.org/x/dispatch/ | endpoint: the address without its last part: write https://relay.example.org/x
          https://relay.example.org | 'https://relay.example.org\ntoken-issuer: http://git.example.org' | token-issuer: write https://HOST; http is for this machine only
          refs/heads/main           | main                    | routes.one.when[0].ref: a reference in full: write refs/heads/main
          refs/heads/main           | refs/heads/a??          | routes.one.when[0].ref: not a pattern: ? and + follow the character that they are for
          ref: refs/heads/main      | branch: main            | routes.one.when[0].branch: unknown key: known are repository, event, ref
          'event: dispatch, repository: owner/source, ref: refs/heads/main' | 'event: push, repository: owner/source, branch: main' | secrets: missing: write for example secrets: { webhook: [env:RELAY_WEBHOOK_SECRET] }
          '      - { event: dispatch' | '      - { event: release, repository: a/b }\n      - { event: dispatch' | secrets: missing: write for example secrets: { webhook: [env:RELAY_WEBHOOK_SECRET] }
          routes:                   | 'secrets: { webhook: [] }\nroutes:' | secrets.webhook: empty: write for example webhook: [env:RELAY_WEBHOOK_SECRET]
          '    when:'               | '    checks: require\n    when:' | routes.one.checks: unknown value: did you mean required?
          '    when:'               | '    checks: required\n    source: gitlab:a/b/main\n    when:' | routes.one.checks: the checks of https://gitlab.com/a/b.git can't be asked for: they are read on GitHub
          """)
  void eachMistakeSaysWhereAndWhatToWrite(String good, String bad, String expected)
      throws IOException {
    assertThat(FILE).contains(good);
    assertThat(String.join(";", problems(FILE.replace(good, bad.replace("\\n", "\n")))))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          '["**", "!docs/**"]' | ''
          '[]'                 | paths: empty: write for example paths: ["**", "!docs/**"]
          '["!docs/**"]'       | 'paths: only takes out: write "**" first, which is every path'
          '[/src/**]'          | paths[0]: a path in the repository, such as src/**: leave out the / in front
          '["!"]'              | paths[0]: a path in the repository, such as src/**: leave out the / in front
          '[src/**, "*+"]'     | paths[1]: not a pattern: ? and + follow the character that they are for
          src/**               | paths: text, not a list: write for example paths: ["**", "!docs/**"]
          """)
  void aPushMaySayWhichPathsItMustTouch(String paths, String problem) throws Exception {
    String yaml =
        "secrets: { webhook: [env:A] }\n"
            + FILE.replaceFirst(
                "dispatch(.*), ref: refs/heads/main", "push$1, branch: main, paths: " + paths);
    if (problem.isEmpty()) {
      Config config = read(yaml);
      assertThat(config.triggers())
          .singleElement()
          .extracting(trigger -> ((Trigger.Push) trigger).paths())
          .isEqualTo(Optional.of(PathFilter.of("**", "!docs/**")));
      assertThat(requireNonNull(config.routes().get("one")).reconcile())
          .as("what is behind by docs alone is meant to be")
          .isFalse();
    } else {
      assertThat(problems(yaml)).containsExactly("routes.one.when[0]." + problem);
    }
  }

  @Test
  void checksAreIgnoredUnlessTheyAreRequired() throws Exception {
    assertThat(requireNonNull(read(FILE).routes().get("one")).checks()).isEqualTo(Checks.IGNORED);
    String required = FILE.replace("    when:", "    checks: required\n    when:");
    assertThat(requireNonNull(read(required).routes().get("one")).checks())
        .isEqualTo(Checks.REQUIRED);
  }
}
