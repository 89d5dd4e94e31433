package dev.flakerelay.config.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.flakerelay.SourceBranch;
import dev.flakerelay.config.Allow;
import dev.flakerelay.config.Checks;
import dev.flakerelay.config.CommitStyle;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.ConfigException;
import dev.flakerelay.config.EngineChoice;
import dev.flakerelay.config.Network;
import dev.flakerelay.config.ProposalStyle;
import dev.flakerelay.config.Publish;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.Secrets;
import dev.flakerelay.config.TagPattern;
import dev.flakerelay.config.Target;
import dev.flakerelay.config.TargetRef;
import dev.flakerelay.config.Trigger;
import dev.flakerelay.config.message.MessageTemplate;
import dev.flakerelay.config.name.RepositoryName;
import dev.flakerelay.config.yaml.Problem;
import dev.flakerelay.secret.SecretReference;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigReaderTest {
  private static final String MINIMAL =
      """
      secrets:
        webhook: [env:A]
      routes:
        one:
          when:
            - { event: release, repository: owner/source }
          targets:
            - repository: https://example.org/target.git
              branch: main
              input: source
      """;

  @TempDir Path folder;

  private Config read(String yaml) throws Exception {
    return ConfigReader.read(Files.writeString(folder.resolve("relay.yaml"), yaml));
  }

  private List<String> problems(String yaml) throws IOException {
    Files.writeString(folder.resolve("relay.yaml"), yaml);
    return problems(folder.resolve("relay.yaml")).problems().stream()
        .map(Problem::toString)
        .toList();
  }

  private static ConfigException problems(Path file) {
    ConfigException e = catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(file));
    assertThat(e).as("the file must be refused").isNotNull();
    return e;
  }

  @Test
  void theExampleIsReadWhole() throws Exception {
    Config config = ConfigReader.read(Path.of("config/relay.yaml"));
    RepositoryName nixcfg = new RepositoryName("markus-barta", "nixcfg");
    assertThat(config.warnings()).isEmpty();
    assertThat(config.secrets())
        .isEqualTo(
            new Secrets(
                List.of(new SecretReference.Environment("RELAY_WEBHOOK_SECRET")),
                Optional.of(new SecretReference.Environment("RELAY_GIT_TOKEN"))));
    assertThat(config.network()).isEqualTo(Network.DEFAULT);
    assertThat(config.routes())
        .containsOnlyKeys("nixfleet")
        .containsValue(
            new Route(
                "nixfleet",
                List.of(new Trigger.RepositoryDispatch(nixcfg, "nixfleet-updated")),
                Optional.of(
                    new SourceBranch(
                        "https://github.com/markus-barta/nixfleet.git", Optional.of("master"))),
                List.of(
                    new Target(
                        new TargetRef("https://github.com/markus-barta/nixcfg.git", "main", "."),
                        List.of("nixfleet"),
                        List.of())),
                CommitStyle.DEFAULT,
                Publish.PUSH,
                Set.of(),
                5,
                true,
                Optional.empty(),
                Optional.empty(),
                ProposalStyle.DEFAULT,
                EngineChoice.AUTO,
                Checks.IGNORED));
  }

  @Test
  void whatIsLeftOutHasItsDefault() throws Exception {
    Config config = read(MINIMAL);
    assertThat(config.secrets().git()).isEmpty();
    assertThat(config.network()).isEqualTo(Network.DEFAULT);
    Route route = config.routes().values().iterator().next();
    assertThat(route.source()).isEmpty();
    assertThat(route.commit()).isEqualTo(CommitStyle.DEFAULT);
    assertThat(route.publish()).isEqualTo(Publish.PUSH);
    assertThat(route.allow()).isEmpty();
    assertThat(route.pushAttempts()).isEqualTo(5);
    assertThat(route.reconcile()).isFalse();
    assertThat(route.targets().getFirst().flake().directory()).isEqualTo(".");
    assertThat(route.targets().getFirst().submodules()).isEmpty();
  }

  @Test
  void everyKeyIsRead() throws Exception {
    Config config =
        read(
            """
            secrets:
              webhook: [env:NEW, file:/run/secrets/old]
              git: aws:prod/relay#git.token
            routes:
              a-1:
                when:
                  - { event: workflow_run, repository: O/S, workflow: ci.yml, branch: 1.0 }
                  - { event: workflow_run, repository: O/S }
                  - { event: release, repository: O/S }
                targets:
                  - repository: git@example.org:a/b.git
                    branch: yes
                    directory: ./hosts//x/
                    inputs: [one, two]
                    submodules: [vendor/one/, two]
                  - { repository: file:///srv/x.git, branch: 2026.11, input: one }
                commit:
                  message: |
                    bump {input}

                    [Version: {version}]
                publish: push
                push-attempts: 12
                allow: [downgrade, diverged]
                version: { tag: "hello-v(.+)" }
              b:
                when: [{ event: push, repository: o/s, branch: main }]
                targets: [{ repository: https://github.com/o/t, branch: 2026.11, input: one }]
                publish: pull-request
            network:
              allow: [GitHub.com, git.example.org]
              schemes: [github, git+http]
              private: [GitHub.com/Owner/name.git, gitlab.com/group/sub/name]
            nix: { experimental-features: [pipe-operators, no-url-literals] }
            """);
    assertThat(config.nixFeatures()).containsExactly("pipe-operators", "no-url-literals");
    assertThat(config.secrets().webhook()).hasToString("[env:NEW, file:/run/secrets/old]");
    assertThat(config.secrets().git()).map(Object::toString).hasValue("aws:prod/relay#git.token");
    assertThat(config.routes().keySet()).containsExactly("a-1", "b");
    Route route = config.routes().values().iterator().next();
    RepositoryName source = new RepositoryName("o", "s");
    assertThat(route.when())
        .containsExactly(
            new Trigger.WorkflowRun(source, Optional.of("ci.yml"), Optional.of("1.0")),
            new Trigger.WorkflowRun(source, Optional.empty(), Optional.empty()),
            new Trigger.Release(source));
    assertThat(route.targets())
        .containsExactly(
            new Target(
                new TargetRef("git@example.org:a/b.git", "yes", "hosts/x"),
                List.of("one", "two"),
                List.of("vendor/one", "two")),
            new Target(
                new TargetRef("file:///srv/x.git", "2026.11", "."), List.of("one"), List.of()));
    assertThat(route.commit().message())
        .isEqualTo(new MessageTemplate("bump {input}\n\n[Version: {version}]"));
    assertThat(route.publish()).isEqualTo(Publish.PUSH);
    assertThat(route.pushAttempts()).isEqualTo(12);
    assertThat(route.tag()).contains(new TagPattern("hello-v(.+)"));
    assertThat(config.routes().get("b"))
        .isNotNull()
        .extracting(Route::publish)
        .isEqualTo(Publish.PULL_REQUEST);
    assertThat(route.allow()).containsExactlyInAnyOrder(Allow.DOWNGRADE, Allow.DIVERGED);
    assertThat(config.network())
        .isEqualTo(
            new Network(
                List.of("github.com", "git.example.org"),
                List.of("github", "git+http"),
                List.of("github.com/Owner/name", "gitlab.com/group/sub/name")));
  }

  @Test
  void pullRequestsNeedATokenAndAGitHub() throws Exception {
    String pulls = MINIMAL.replace("when:", "publish: pull-request\n    when:");
    for (String url :
        List.of(
            "https://example.org/target.git", // no owner
            "https://gitlab.com/owner/target.git",
            "https://git.example.org/group/owner/target",
            "http://localhost/owner/target.git",
            "git@github.com:owner/target.git",
            "file:///srv/owner/target.git")) {
      assertThat(problems(pulls.replace("https://example.org/target.git", url)))
          .containsExactly(
              "routes.one.publish: there are no pull requests on "
                  + url
                  + ": write push, or name targets as https://github.com/owner/name.git");
    }
    String onGitHub = pulls.replace("example.org/", "git.example.org:8443/owner/");
    assertThat(problems(onGitHub))
        .singleElement()
        .asString()
        .startsWith("secrets: git is missing: the route one opens pull requests");
    assertThat(read(onGitHub.replace("[env:A]", "[env:A]\n  git: env:B")).routes()).hasSize(1);
  }

  @Test
  void fiveMistakesAreFiveProblems() throws IOException {
    Path file =
        Files.writeString(
            folder.resolve("relay.yaml"),
            """
            secrets:
              webhook: []
            routes:
              nixfleet:
                wen:
                  - { event: push, repository: owner/source, branch: main }
                when:
                  - { event: pull_request, repository: owner/source }
                targets:
                  - repository: https://me:hunter2@example.org/target.git
                    input: source
            """);
    ConfigException e = problems(file);
    assertThat(e)
        .hasMessage(
            """
            FILE has 5 errors:
            FILE:2:12: secrets.webhook: empty: write for example webhook: [env:RELAY_WEBHOOK_SECRET]
            FILE:5:5: routes.nixfleet.wen: unknown key: did you mean when?
            FILE:8:18: routes.nixfleet.when[0].event: unknown event: known are repository_dispatch, push, workflow_run, release, dispatch
            FILE:10:9: routes.nixfleet.targets[0].branch: missing: write for example branch: main
            FILE:10:21: routes.nixfleet.targets[0].repository: the URL holds credentials: leave out what stands before the @ and name the token in secrets.git\
            """
                .replace("FILE", file.toString()));
    assertThat(e.problems()).hasSize(5);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                         | empty: write at least secrets and routes
          '# nothing\n'              | empty: write at least secrets and routes
          '---\n'                    | empty: write at least secrets and routes
          just text                  | text, not a mapping: write for example secrets and routes
          '[a, b]'                   | a list, not a mapping: write for example secrets and routes
          'a: [1\nb: 2'              | the [ in line 1 has no ] where it ends
          'git: s3cret: x'           | a value with `: ` in it: put it in quotes
          """)
  void aFileThatIsNoConfigurationIsOneProblem(String yaml, String problem) throws IOException {
    assertThat(problems(yaml.replace("\\n", "\n"))).containsExactly(problem);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          webhook: [env:A]   | webhook:           | secrets.webhook: without a value: write for example webhook: [env:RELAY_WEBHOOK_SECRET]
          webhook: [env:A]   | webhook: env:A     | secrets.webhook: text, not a list: write for example webhook: [env:RELAY_WEBHOOK_SECRET]
          webhook: [env:A]   | webhook: [hunter2] | secrets.webhook[0]: a secret is named, not written here: env:NAME, file:PATH or aws:SECRET_ID
          webhook: [env:A]   | webhooks: [env:A]  | secrets.webhooks: unknown key: did you mean webhook?;secrets.webhook: missing: write for example webhook: [env:RELAY_WEBHOOK_SECRET]
          one:               | One Two:           | routes.'One Two': not a route's name: 1 to 40 of a-z, 0-9 and -
          event: release     | event: releases    | routes.one.when[0].event: unknown event: did you mean release?
          event: release,    | ''                 | routes.one.when[0].event: missing: write for example event: push
          event: release     | event: push        | routes.one.when[0].branch: missing: write for example branch: main
          event: release     | event: repository_dispatch | routes.one.when[0].type: missing: write for example type: name-updated
          event: release     | event: release, branch: main | routes.one.when[0].branch: unknown key: known are repository, event
          owner/source       | source             | routes.one.when[0].repository: a repository is written owner/name
          branch: main       | branch: a..b       | routes.one.targets[0].branch: not a name that Git allows for a branch
          branch: main       | branch: main, dev  | routes.one.targets[0].branch: not a name that Git allows for a branch
          branch: main       | branch: [main]     | routes.one.targets[0].branch: a list, not text: write for example branch: main
          branch: main       | branch: ""         | routes.one.targets[0].branch: empty: write for example branch: main
          input: source      | input: a/b         | routes.one.targets[0].input: not an input's name: a letter, then letters, digits, _ and -; an input of an input (a/b) can't be updated
          input: source      | inputs: []         | routes.one.targets[0].inputs: empty: write for example inputs: [name, other]
          input: source      | inputs: [a, a]     | routes.one.targets[0].inputs[1]: written twice: keep one
          input: source      | 'input: source\n        directory: ../x' | routes.one.targets[0].directory: the path may not contain ..
          input: source      | 'input: source\n        submodules: [a, ./a/]' | routes.one.targets[0].submodules[1]: written twice: keep one
          when:              | 'source: github:a/b/0123456789012345678901234567890123456789\n    when:' | routes.one.source: names a revision, which never moves: name a branch, for example github:owner/name/main
          https://example.org/target.git | http://example.org/target.git | routes.one.targets[0].repository: http would send the token in clear: write https
          input: source      | inptu: source      | routes.one.targets[0].input: missing: write for example input: name;routes.one.targets[0].inptu: unknown key: did you mean input?
          when:              | 'publish: pr\n    when:' | routes.one.publish: unknown value: known are push, pull-request
          when:              | 'publish: pull_request\n    when:' | routes.one.publish: unknown value: did you mean pull-request?
          when:              | 'allow: [force]\n    when:' | routes.one.allow[0]: unknown value: known are downgrade, diverged
          when:              | 'commit: { message: "bump {inputs}" }\n    when:' | routes.one.commit.message: unknown placeholder {inputs}: known are {input} {version} {sha} {sha7} {old} {old7} {route} {source} {target} {delivery}
          when:              | 'commit: { message: "chore: bump {input} to v{version} ({sha7})" }\n    when:' | routes.one.commit.message: {version} may have no value: put brackets around what is left out then: "chore: bump {input}[ to v{version}] ({sha7})"
          when:              | 'commit: { author: { name: "a <b>", email: c } }\n    when:' | routes.one.commit.author.name: not fit for a commit's author: leave out < > and line breaks
          when:              | 'when: []\n    when:' | routes.one.when: empty: write for example when: [{ event: push, repository: owner/name, branch: main }];routes.one.when: written twice, in lines 5 and 6: keep one
          when:              | 'commit: &c { message: x }\n    source: *c\n    when:' | routes.one.source: an alias (*name), which is not followed: write it out
          secrets:           | 'network: { allow: [https://github.com] }\nsecrets:' | network.allow[0]: not a host's name: write it without scheme, port and wildcard, for example github.com
          when:              | 'push-attempts: 0\n    when:' | routes.one.push-attempts: write a number of 1 to 100
          when:              | 'push-attempts: 101\n    when:' | routes.one.push-attempts: write a number of 1 to 100
          secrets:           | 'network: { schemes: [gihub] }\nsecrets:' | network.schemes[0]: unknown scheme: did you mean github?
          secrets:           | 'network: { private: [owner/name] }\nsecrets:' | network.private[0]: not a repository's address: write host/owner/name, for example github.com/owner/name
          secrets:           | 'network: { private: ["https://github.com/a/b"] }\nsecrets:' | network.private[0]: not a repository's address: write host/owner/name, for example github.com/owner/name
          secrets:           | 'network: { private: ["github.com/a/../b"] }\nsecrets:' | network.private[0]: not a repository's address: write host/owner/name, for example github.com/owner/name
          secrets:           | 'network: { private: [github.com/a/b, GITHUB.com/a/b.git] }\nsecrets:' | network.private[1]: written twice: keep one
          secrets:           | 'network: { schemes: [path] }\nsecrets:' | network.schemes[0]: a source's flake never reads this machine's files: name such an input in the target's own flake.nix
          when:              | 'version: { tag: "v(" }\n    when:' | routes.one.version.tag: not a regular expression: Unclosed group at character 3
          when:              | 'version: { tag: v.+ }\n    when:' | routes.one.version.tag: has 0 groups: write one (…) around the version, as in hello-v(.+), and (?:…) around anything else
          when:              | 'version: {}\n    when:' | routes.one.version.tag: missing: write for example tag: "hello-v(.+)"
          secrets:           | 'Routs: 1\nsecrets:' | Routs: unknown key: did you mean routes?
          """)
  void eachMistakeSaysWhereAndWhatToWrite(String good, String bad, String expected)
      throws IOException {
    assertThat(MINIMAL).contains(good);
    String yaml =
        MINIMAL.replaceFirst(
            Pattern.quote(good), Matcher.quoteReplacement(bad.replace("\\n", "\n")));
    assertThat(String.join(";", problems(yaml))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "event: release, repository: o/s | | false",
        "event: workflow_run, repository: o/s | | false",
        "event: release, repository: o/s | reconcile: true | true",
        "event: push, repository: o/s, branch: main | | true",
        "event: push, repository: o/s, branch: main | reconcile: false | false",
        "event: repository_dispatch, repository: o/t, type: x | | true",
      })
  void aRouteThatWaitsForReleasesOrBuildsAloneIsNotReconciled(
      String trigger, String line, boolean reconcile) throws Exception {
    String yaml =
        MINIMAL.replace("event: release, repository: owner/source", trigger)
            + (line == null ? "" : "    " + line + "\n");
    assertThat(read(yaml).routes().values())
        .singleElement()
        .extracting(Route::reconcile)
        .isEqualTo(reconcile);
    assertThat(problems(MINIMAL + "    reconcile: often\n"))
        .containsExactly("routes.one.reconcile: write true or false");
  }

  @Test
  void inputAndInputsExcludeEachOther() throws IOException {
    assertThat(problems(MINIMAL + "        inputs: [a]\n"))
        .containsExactly(
            "routes.one.targets[0].input: inputs is there as well: keep one of the two");
  }

  @Test
  void aFileOfAliasesStaysSmall() throws IOException {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x]\n");
    for (int i = 1; i < 40; i++) {
      bomb.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    assertThat(problems(bomb + MINIMAL)).hasSize(40).allMatch(line -> line.contains("unknown key"));
  }

  @Test
  void aDeepFileIsRefused() throws IOException {
    assertThat(problems("a: " + "[".repeat(100_000)))
        .singleElement()
        .asString()
        .contains("nesting");
  }

  @Test
  void aSecondDocumentIsRefused() throws IOException {
    assertThat(problems(MINIMAL + "---\na: 1\n"))
        .containsExactly("more than one YAML document: remove the line --- and what follows");
  }

  @Test
  void aByteOrderMarkAndWindowsLineEndsAreFine() throws Exception {
    assertThat(read("\uFEFF" + MINIMAL.replace("\n", "\r\n"))).isEqualTo(read(MINIMAL));
  }

  @Test
  void aFileThatCannotBeReadSaysWhy() throws IOException {
    Path missing = folder.resolve("missing.yaml");
    assertThat(problems(missing))
        .hasMessage(missing + ": no such file: write one, config/relay.yaml is an example");
    assertThat(problems(folder).problems().getFirst().message()).startsWith("a folder, not a file");
    Path latin = folder.resolve("latin.yaml");
    Files.write(latin, "a: ä".getBytes(StandardCharsets.ISO_8859_1));
    assertThat(problems(latin).problems().getFirst().message()).isEqualTo("not UTF-8 text");
    Path large = Files.write(folder.resolve("large.yaml"), new byte[(1 << 20) + 1]);
    assertThat(problems(large).problems().getFirst().message()).startsWith("larger than 1 MiB");
  }

  @Test
  void aSecretWrittenIntoTheFileIsNotRepeated() throws IOException {
    String leaking =
        MINIMAL
            .replace("[env:A]", "[hunter2secret]")
            .replace("https://", "ssh://me:hunter2secret@")
            .replace("secrets:", "network: hunter2secret\nsecrets:\n  git: hunter2secret");
    assertThat(problems(leaking)).hasSize(4).noneMatch(line -> line.contains("hunter2"));
    assertThat(problems("secrets:\n  git: \"hunter2secret\\q\"\n"))
        .hasSize(1)
        .noneMatch(line -> line.contains("hunter2"));
  }
}
