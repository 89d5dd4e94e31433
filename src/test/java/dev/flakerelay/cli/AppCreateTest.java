package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.config.Config;
import dev.flakerelay.config.read.ConfigReader;
import dev.flakerelay.support.AppKeys;
import dev.flakerelay.support.Execution;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.GitHubManifests;
import dev.flakerelay.support.OneAtATime;
import dev.flakerelay.support.SecretSearch;
import dev.flakerelay.support.SecretsManager;
import dev.flakerelay.support.TestForge;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code relay app create}, with a browser and GitHub. */
@Tag("slow")
@OneAtATime
class AppCreateTest {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern PAGE = Pattern.compile("http://127\\.0\\.0\\.1:\\d+/[0-9a-f]{32}");
  private static final Pattern FORM =
      Pattern.compile("action=\"([^\"]+)\"(?s:.*)name=\"manifest\" value=\"([^\"]+)\"");

  @TempDir Path folder;
  private final TestForge forge = TestForge.start();
  private RelayProgram program;
  private HttpClient browser;

  @BeforeEach
  void openBrowser() {
    program = RelayProgram.in(folder);
    forge.environment().forEach((name, value) -> program = program.with(name, value));
    browser =
        HttpClient.newBuilder().proxy(forge.proxySelector()).sslContext(forge.sslContext()).build();
  }

  @AfterEach
  void close() {
    browser.close();
    forge.close();
  }

  private HttpResponse<String> open(String address) throws Exception {
    // What is on this machine is asked directly.
    try (HttpClient direct = HttpClient.newHttpClient()) {
      return direct.send(
          HttpRequest.newBuilder(URI.create(address)).build(), BodyHandlers.ofString());
    }
  }

  private String page(StartedProgram create) {
    create.await(create.out(), "Open this page");
    Matcher page = PAGE.matcher(StartedProgram.text(create.out()));
    assertThat(page.find()).isTrue();
    return page.group();
  }

  /** Opens the page, presses its button and GitHub's; where GitHub sends the browser then. */
  private URI make(String page) throws Exception {
    HttpResponse<String> opened = open(page);
    assertThat(opened.headers().firstValue("Content-Security-Policy").orElseThrow())
        .contains("form-action https://github.com");
    Matcher form = FORM.matcher(opened.body());
    assertThat(form.find()).isTrue();
    String manifest =
        form.group(2).replace("&quot;", "\"").replace("&lt;", "<").replace("&amp;", "&");
    HttpRequest post =
        HttpRequest.newBuilder(URI.create(form.group(1)))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(
                HttpRequest.BodyPublishers.ofString(
                    "manifest=" + URLEncoder.encode(manifest, StandardCharsets.UTF_8)))
            .build();
    assertThat(browser.send(post, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    return forge.githubManifests().make();
  }

  private static int end(StartedProgram create) throws InterruptedException {
    assertThat(create.process().waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return create.process().exitValue();
  }

  private void requireNoSecrets(StartedProgram create, String code) {
    String pem = AppKeys.pkcs1(AppKeys.pair());
    Map<String, String> secrets =
        Map.of(
            "key",
            pem.lines().skip(2).findFirst().orElseThrow(),
            "client secret",
            GitHubManifests.CLIENT_SECRET,
            "webhook secret",
            GitHubManifests.WEBHOOK_SECRET,
            "code",
            code);
    String all = StartedProgram.text(create.out()) + StartedProgram.text(create.errors());
    secrets.forEach(
        (name, value) ->
            assertThat(new SecretSearch(name, value).in(all.getBytes(StandardCharsets.UTF_8)))
                .as(name)
                .isEmpty());
  }

  @Test
  void anAppIsMadeOnGitHubsPageAndItsKeyIsInANewFile() throws Exception {
    forge.failNext(1, "api.github.com/app-manifests", Fault.status(502));
    try (StartedProgram create = program.start("app", "create", "--name", "Our \"relay\" & <co>")) {
      URI callback = make(page(create));
      assertThat(forge.githubManifests().owner()).isEqualTo("octocat");
      assertThat(forge.githubManifests().proposed().path("name").asString())
          .isEqualTo("Our \"relay\" & <co>");
      assertThat(forge.githubManifests().proposed().path("default_permissions").propertyNames())
          .containsExactlyInAnyOrder("contents", "pull_requests", "statuses", "checks", "metadata");
      assertThat(forge.githubManifests().proposed().path("public").asBoolean(true)).isFalse();
      assertThat(open(callback.toString()).body()).contains("go back to the terminal");
      assertThat(end(create)).isZero();
      requireNoSecrets(create, callback.getQuery().substring(5, 37));

      Path key = folder.resolve("flake-relay-app.pem");
      assertThat(key).hasContent(AppKeys.pkcs1(AppKeys.pair()));
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(key)))
          .isEqualTo("rw-------");
      String told = StartedProgram.text(create.out());
      assertThat(told).contains("https://github.com/apps/relay/installations/new");
      Config config =
          ConfigReader.read(Files.writeString(folder.resolve("relay.yaml"), yaml(told)));
      assertThat(config.secrets().gitHubApp().orElseThrow().id()).isEqualTo("998877");
      assertThat(config.secrets().gitHubApp().orElseThrow().key()).hasToString("file:" + key);
      assertThat(StartedProgram.text(create.errors())).contains("HTTP 502", "asking again");
    }
  }

  private static String yaml(String told) {
    return told.substring(told.indexOf("secrets:"), told.indexOf("Install the App"))
        + """
          webhook: [env:A]
        routes:
          app:
            when: [{ event: release, repository: a/b }]
            targets: [{ repository: https://github.com/a/c.git, branch: main, input: b }]
        """;
  }

  @Test
  void inAnOrganizationAndIntoSecretsManager() throws Exception {
    try (SecretsManager aws = new SecretsManager()) {
      aws.environment().forEach((name, value) -> program = program.with(name, value));
      program = program.with("no_proxy", "127.0.0.1");
      String[] command = {"app", "create", "--organization", "acme", "--key", "aws:relay/app"};
      try (StartedProgram create = program.start(command)) {
        URI callback = make(page(create));
        assertThat(forge.githubManifests().owner()).isEqualTo("acme");
        assertThat(aws.text("relay/app")).isEmpty();
        open(callback.toString());
        assertThat(end(create)).isZero();
        requireNoSecrets(create, callback.getQuery().substring(5, 37));
        assertThat(aws.text("relay/app").orElseThrow() + "\n")
            .isEqualTo(AppKeys.pkcs1(AppKeys.pair()));
        assertThat(StartedProgram.text(create.out())).contains("key: \"aws:relay/app\" }");
      }
      Execution again = program.run(command);
      assertThat(again.exit()).isEqualTo(2);
      assertThat(again.text()).isEmpty();
      assertThat(again.errors()).contains("aws:relay/app", "is not overwritten");
    }
  }

  @Test
  void onlyTheBrowserThatBeganGetsThroughAndOnlyOnce() throws Exception {
    try (StartedProgram create = program.start("app", "create")) {
      String page = page(create);
      String origin = page.substring(0, page.lastIndexOf('/'));
      String state = make(page).getQuery().replaceAll(".*state=", "");
      assertThat(open(origin + "/").statusCode()).isEqualTo(404);
      assertThat(open(origin + "/created?code=abc&state=" + "0".repeat(32)).statusCode())
          .isEqualTo(403);
      assertThat(open(origin + "/created?code=abc").statusCode()).isEqualTo(403);
      assertThat(open(origin + "/created?code=../x&state=" + state).statusCode()).isEqualTo(400);
      assertThat(open(page.replace("127.0.0.1", "localhost")).statusCode()).isEqualTo(421);
      assertThat(create.process().isAlive()).isTrue();

      // Somebody else has spent the code meanwhile, or it is too old.
      assertThat(open(origin + "/created?code=abc&state=" + state).statusCode()).isEqualTo(200);
      assertThat(end(create)).isEqualTo(1);
      assertThat(StartedProgram.text(create.errors()))
          .contains("HTTP 404: Not Found", "https://github.com/settings/apps", "begin again")
          .doesNotContain("abc");
      assertThat(folder.resolve("flake-relay-app.pem")).doesNotExist();
    }
  }

  @Test
  void whatIsThereIsNotOverwrittenAndNothingIsLeftOfWhatIsStopped() throws Exception {
    Path key = folder.resolve("app.pem");
    try (StartedProgram create =
        program.startInForeground("app", "create", "--key", "file:" + key)) {
      page(create);
      assertThat(key).exists();
      assertThat(create.signal("INT")).isEqualTo(130);
      assertThat(key).doesNotExist();
    }
    Files.writeString(key, "precious");
    requireRefused("something is there, and is not overwritten", "--key", "file:" + key);
    requireRefused("make it first", "--key", "file:" + folder.resolve("none/app.pem"));
    requireRefused("name a file", "--key", "env:KEY");
    assertThat(key).hasContent("precious");
    Files.delete(key);
    try (ServerSocket taken = new ServerSocket(0)) {
      requireRefused("could not use port", "--port", Integer.toString(taken.getLocalPort()));
    }
    assertThat(folder.resolve("flake-relay-app.pem")).doesNotExist();
  }

  private void requireRefused(String why, String option, String value) throws IOException {
    Execution create = program.run("app", "create", option, value);
    assertThat(create.exit()).isPositive();
    assertThat(create.errors()).startsWith("relay: ").contains(why).hasLineCount(1);
    assertThat(create.text()).isEmpty();
  }
}
