package dev.flakerelay.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class TestForgeTest {
  @TempDir Path folder;
  private TestForge forge;
  private TestRepository source;
  private Revision first;
  private Revision second;

  @BeforeEach
  void hostASource() {
    forge = TestForge.start();
    source = TestRepository.create(folder.resolve("source"));
    source.write("flake.nix", FlakeText.describedAs("source").text());
    first = source.commit("First");
    second = source.write("news.txt", "new\n").commit("Second");
    forge
        .github("acme/source", source)
        .gitlab("group/source", source)
        .gitlab("group/sub/source", source)
        .sourcehut("~acme/source", source)
        .plain("acme/source", source);
  }

  @AfterEach
  void stop() {
    forge.close();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "github:acme/source",
        "github:acme/source/main",
        "gitlab:group/source",
        "gitlab:group%252Fsub/source",
        "sourcehut:~acme/source",
        "git+https://git.example.org/acme/source.git?ref=main",
        "git+https://github.com/acme/source.git?ref=main",
      })
  void nixLocksTheNewestAndThenTheRevisionItIsTold(String reference) throws IOException {
    Path target = folder.resolve("target");
    Files.createDirectories(target);
    Files.writeString(
        target.resolve("flake.nix"),
        FlakeText.describedAs("target").input("source", reference).text());
    TestNix nix = TestNix.in(folder.resolve("nix"), forge.environment());

    nix.lock(target).succeeded();
    assertThat(locked(target, "source").path("rev").asString()).isEqualTo(second.hex());

    String pinned =
        reference.contains("?")
            ? reference + "&rev=" + first
            : reference.replaceFirst("/main$", "") + "/" + first;
    nix.lock(target, "--override-input", "source", pinned).succeeded();
    assertThat(locked(target, "source").path("rev").asString()).isEqualTo(first.hex());
    assertThat(locked(target, "source").path("lastModified").asLong()).isEqualTo(1767225600);
  }

  private static JsonNode locked(Path target, String node) throws IOException {
    String lock = Files.readString(target.resolve("flake.lock"));
    return new JsonMapper().readTree(lock).path("nodes").path(node).path("locked");
  }

  @Test
  void aHiddenRepositoryIsThereForItsTokenOnly() throws Exception {
    forge.hidden("github.com", "acme/hidden", source, "secret");
    String api = "https://api.github.com/repos/acme/hidden/tarball/" + first;

    assertThat(get(api).statusCode()).isEqualTo(404);
    HttpResponse<String> redirect = get(api, "Authorization", "token secret");
    assertThat(redirect.statusCode()).isEqualTo(302);
    assertThat(get(redirect.headers().firstValue("Location").orElseThrow()).statusCode())
        .isEqualTo(200);
    assertThat(get("https://codeload.github.com/acme/hidden/tar.gz/" + first).statusCode())
        .isEqualTo(404);
  }

  @Test
  void gitClonesThroughTheProxyAndSeesNoOtherHost() {
    GitCommand git = GitCommand.in(folder).with(forge.environment());

    assertThat(git.run("clone", "--quiet", "https://github.com/acme/source.git", "clone"))
        .isEmpty();
    assertThat(git.attempt("ls-remote", "https://example.com/x.git").errors()).contains("403");
    assertThat(git.attempt("ls-remote", "http://127.0.0.1:1/x.git").errors()).contains("403");
    assertThat(forge.proxy().asked()).contains("github.com:443", "example.com:443", "127.0.0.1:1");
  }

  @Test
  void requestsFailAsTold() throws Exception {
    forge.failNext(1, "github.com/acme", Fault.status(503));
    String archive = "https://github.com/acme/source/archive/" + first + ".tar.gz";

    assertThat(get("https://api.github.com/repos/acme/source/commits/main").statusCode())
        .isEqualTo(200);
    assertThat(get(archive).statusCode()).isEqualTo(503);
    assertThat(get(archive).statusCode()).isEqualTo(302);
  }

  @Test
  void githubComparesAndKeepsWhatIsWritten() throws Exception {
    String repository = "https://api.github.com/repos/acme/source";
    source.branch("bump").write("c.txt", "c\n").commit("Third");

    HttpResponse<String> compared = get(repository + "/compare/" + first + "..." + second);
    assertThat(compared.body()).contains("\"status\":\"ahead\"", "\"ahead_by\":1");
    assertThat(
            send(
                "POST",
                repository + "/pulls",
                "{\"head\":\"bump\",\"base\":\"main\",\"title\":\"t\"}"))
        .isEqualTo(201);
    assertThat(send("PATCH", repository + "/pulls/1", "{\"title\":\"u\"}")).isEqualTo(200);
    assertThat(send("POST", repository + "/statuses/" + first, "{\"state\":\"success\"}"))
        .isEqualTo(201);

    assertThat(get(repository + "/pulls?head=acme:bump").body()).contains("\"title\":\"u\"");
    assertThat(forge.githubRest().pullRequests())
        .extracting(GitHubRest.PullRequest::title)
        .containsExactly("u");
    assertThat(forge.githubRest().statuses())
        .extracting(GitHubRest.Status::sha)
        .containsExactly(first.hex());
  }

  private int send(String method, String url, String body) throws Exception {
    return request(
            url,
            HttpRequest.newBuilder()
                .method(method, HttpRequest.BodyPublishers.ofString(body))
                .header("Authorization", "Bearer x"))
        .statusCode();
  }

  private HttpResponse<String> get(String url, String... headers) throws Exception {
    HttpRequest.Builder builder = HttpRequest.newBuilder();
    return request(url, headers.length == 0 ? builder : builder.headers(headers));
  }

  private HttpResponse<String> request(String url, HttpRequest.Builder builder) throws Exception {
    try (HttpClient client =
        HttpClient.newBuilder()
            .sslContext(forge.sslContext())
            .proxy(forge.proxySelector())
            .build()) {
      return client.send(builder.uri(URI.create(url)).build(), BodyHandlers.ofString());
    }
  }
}
