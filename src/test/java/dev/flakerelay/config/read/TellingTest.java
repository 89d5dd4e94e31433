package dev.flakerelay.config.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.flakerelay.ForgeKind;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.ConfigException;
import dev.flakerelay.config.ProposalStyle;
import dev.flakerelay.config.Receiver;
import dev.flakerelay.config.Route;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The keys that say who is told of outcomes, and where. */
class TellingTest {
  @TempDir Path folder;

  private Path file(String route, String besides) throws IOException {
    return Files.writeString(
        folder.resolve("relay.yaml"),
        """
        secrets: { webhook: [env:A], git: env:B }
        %s
        routes:
          one:
            when: [{ event: release, repository: acme/source }]
            targets: [{ repository: "https://git.example.org/acme/target.git", branch: main, input: a }]
            %s
        """
            .formatted(besides, route));
  }

  private Config read(String route, String besides) throws Exception {
    return ConfigReader.read(file(route, besides));
  }

  private String problem(String route, String besides) throws IOException {
    Path file = file(route, besides);
    ConfigException wrong =
        catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(file));
    assertThat(wrong).isNotNull();
    return wrong.getMessage();
  }

  @Test
  void whatIsWrittenIsRead() throws Exception {
    Config config =
        read(
            """
            publish: pull-request
                pull-request: { labels: [], reviewers: [me] }
                report: true\
            """,
            """
            forges: { Git.example.org: forgejo, "h:8443": github }
            notify: [{ url: env:URL, as: slack, on: [failed] }]\
            """);
    assertThat(config.forges().kind("git.example.org")).contains(ForgeKind.FORGEJO);
    assertThat(config.forges().kind("h:8443")).contains(ForgeKind.GITHUB);
    Route route = config.routes().values().iterator().next();
    assertThat(config.reports(route)).isTrue();
    assertThat(route.proposal())
        .isEqualTo(new ProposalStyle(List.of(), List.of("me"), List.of(), false));
    assertThat(config.receivers().getFirst().on()).isEqualTo(Set.of(Receiver.News.FAILED));
    Config plain = read("", "");
    assertThat(plain.reports(plain.routes().values().iterator().next())).isFalse();
    assertThat(plain.receivers()).isEmpty();
    assertThat(plain.forges().kind("git.example.org")).isEqualTo(Optional.empty());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          notify: [{ url: 'https://hooks.slack.com/x', as: slack }]          | the URL of a Slack webhook
          notify: [{ url: 'https://h/x', as: json }]                         | secret is missing
          notify: [{ url: 'https://h/x', as: matrix, secret: env:T }]        | room is missing
          notify: [{ url: 'https://h/x', as: ntfy, room: '!a:b' }]           | is for as: matrix
          notify: [{ url: 'https://h/x', as: mail }]                         | known are
          notify: [{ url: 'https://h/x', as: ntfy, on: [updated, updated] }] | written twice
          notify: [{ url: env:U, as: slack, on: [] }]                        | empty
          notify: [{ url: env:U, as: slack, on: [done] }]                    | known are
          forges: { git.example.org: svn }                                   | known are
          forges: { 'https://git.example.org': forgejo }                     | not a host
          forges: { git.example.org: forgejo, GIT.example.org: github }      | written twice
          """)
  void mistakesAreToldInTheirPlace(String besides, String words) throws IOException {
    assertThat(problem("", besides)).contains(words).doesNotContain("hooks.slack.com");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {publish: pull-request, pull-request: { reviewers: ['@me'] }}    | without @
          report: yes                                                      | true or false
          """)
  void mistakesOfRoutesToo(String route, String words) throws IOException {
    String lines =
        route.startsWith("{")
            ? "publish: pull-request\n    pull-request: { reviewers: ['@me'] }"
            : route;
    assertThat(problem(lines, "")).contains(words);
  }

  @Test
  void theStyleOfPullRequestsMayStandInARouteThatPushes() throws Exception {
    assertThat(read("pull-request: { labels: [dependencies], auto-merge: false }", "").warnings())
        .isEmpty();
    assertThat(read("pull-request: { labels: [a] }", "").warnings())
        .singleElement()
        .asString()
        .startsWith("routes.one.pull-request: the route pushes");
  }

  @Test
  void aHostThatHasGitAloneHasNoPullRequests() throws IOException {
    assertThat(problem("publish: pull-request", "forges: { git.example.org: git }"))
        .contains("there are no pull requests on");
  }
}
