package dev.flakerelay.nix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import dev.flakerelay.Token;
import dev.flakerelay.lock.FetchRules;
import dev.flakerelay.lock.ForgeToken;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.Request;
import dev.flakerelay.support.SecretSearch;
import dev.flakerelay.support.TestForge;
import dev.flakerelay.support.TestNix;
import dev.flakerelay.support.TestRepository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Which repositories a token opens for the real nix and git, over TLS. */
@Tag("slow")
class PrivateInputTest {
  private static final String TOKEN = "ghp_TopSecret0123456789";
  private static final List<ForgeToken> ACCESS =
      List.of(new ForgeToken("github.com", 443, new Token(TOKEN)));

  @TempDir private static Path folder;
  private static TestForge forge;
  private static TestRepository app;
  private static TestRepository victim;
  private static Map<String, byte[]> target;
  private int before;

  @BeforeAll
  static void lockTheTargetOnce() throws IOException {
    forge = TestForge.start();
    app = repository("app");
    victim = repository("victim");
    forge.github("acme/app", app).github("victim/private", victim);
    target =
        lockedTarget("target", FlakeText.describedAs("target").input("app", "github:acme/app"));
    forge.hidden("github.com", "victim/private", victim, TOKEN);
  }

  private static TestRepository repository(String name) {
    TestRepository made = TestRepository.create(folder.resolve(name));
    made.write("flake.nix", FlakeText.describedAs(name).text()).commit("Begin");
    return made;
  }

  private static Map<String, byte[]> lockedTarget(String name, FlakeText flake) throws IOException {
    Path place = Files.createDirectories(folder.resolve(name));
    Files.writeString(place.resolve("flake.nix"), flake.text());
    TestNix.in(folder.resolve("nix-" + name), forge.environment()).lock(place).succeeded();
    return Map.of(
        "flake.nix", Files.readAllBytes(place.resolve("flake.nix")),
        "flake.lock", Files.readAllBytes(place.resolve("flake.lock")));
  }

  @AfterAll
  static void stop() {
    forge.close();
  }

  @BeforeEach
  void startAnew() {
    forge.github("acme/app", app);
    before = forge.requests().size();
  }

  @AfterEach
  void nothingIsLeft() {
    assertThat(folder.resolve("work")).isEmptyDirectory();
  }

  private List<Request> requests() {
    return forge.requests().subList(before, forge.requests().size());
  }

  private List<Request> requestsFor(String repository) {
    return requests().stream()
        .filter(each -> each.path().toLowerCase(Locale.ROOT).contains(repository))
        .toList();
  }

  private static Revision source(FlakeText flake) {
    return app.write("flake.nix", flake.text()).commit("Release");
  }

  private static String lock(Map<String, byte[]> flake, FetchRules rules, Revision revision)
      throws JobException {
    return lock(Path.of(TestNix.program()), flake, rules, revision);
  }

  private static String lock(
      Path program, Map<String, byte[]> flake, FetchRules rules, Revision revision)
      throws JobException {
    return lock(program, flake, rules, Map.of("app", "github:acme/app/" + revision), ACCESS);
  }

  private static String lock(
      Path program,
      Map<String, byte[]> flake,
      FetchRules rules,
      Map<String, String> overrides,
      List<ForgeToken> access)
      throws JobException {
    Map<String, String> environment = new HashMap<>(forge.environment());
    environment.put("PATH", System.getenv("PATH"));
    byte[] lock =
        new Nix(program, folder.resolve("work"), NixLimits.DEFAULT, environment, rules)
            .lock(flake, ".", overrides, access)
            .file();
    return new String(lock, StandardCharsets.UTF_8);
  }

  private static PermanentException rejected(Revision revision) {
    return catchThrowableOfType(
        PermanentException.class, () -> lock(target, TestRules.GITHUB, revision));
  }

  /** It was opened with the operator's token, and its revision and hash were pushed. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "github:victim/private",
        "github:VICTIM/Private/main",
        "git+https://github.com/victim/private.git?ref=main",
        "git+https://x-access-token:guess@github.com/victim/private?ref=main",
        "https://github.com/victim/private/archive/main.tar.gz",
        "https://api.github.com/repos/victim/private/tarball/main",
      })
  void thatASourceBringsInAnewIsNotOpened(String reference) {
    Revision revision = source(FlakeText.describedAs("evil").plainInput("p", reference));

    assertThat(rejected(revision))
        .message()
        .containsIgnoringCase("github.com/victim/private")
        .contains("network.private", "by hand");
    assertThat(requestsFor("victim/private")).isNotEmpty().noneMatch(Request::authorized);
  }

  /** Once in the target's lock, the target would vouch for it. */
  @Test
  void thatOnlyTheLockOfASourceNamesDoesNotGetIntoTheTargets() throws Exception {
    for (String locked :
        List.of(
            """
            {"type": "github", "owner": "victim", "repo": "private", "rev": "%s",
             "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
            """,
            """
            {"type": "git", "url": "ssh://git@github.com/victim/private", "ref": "main", "rev": "%s",
             "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}
            """)) {
      boolean ssh = locked.contains("ssh:");
      app.write(
          "flake.lock",
          """
          {"version": 7, "root": "root", "nodes": {
            "root": {"inputs": {"p": "p"}},
            "p": {"flake": false, "original": %s, "locked": %s}}}
          """
              .formatted(
                  ssh
                      ? "{\"type\": \"git\", \"url\": \"ssh://git@github.com/victim/private\"}"
                      : "{\"type\": \"github\", \"owner\": \"victim\", \"repo\": \"private\"}",
                  locked.formatted(victim.head("main"))));
      Revision revision =
          source(
              FlakeText.describedAs("evil")
                  .plainInput(
                      "p",
                      ssh ? "git+ssh://git@github.com/victim/private" : "github:victim/private"));

      assertThat(rejected(revision))
          .message()
          .contains("github.com/victim/private", "network.private");
    }
    app.git("rm", "-q", "-f", "flake.lock");
    assertThat(requests()).noneMatch(Request::authorized);
  }

  @Test
  void thatIsASubmoduleOfASourceIsNotOpened() throws Exception {
    forge.github("acme/parts", parts());
    Revision revision =
        source(
            FlakeText.describedAs("evil")
                .plainInput("p", "git+https://github.com/acme/parts.git?ref=main&submodules=1"));

    assertThat(rejected(revision)).message().contains("acme/parts.git with its submodules");
    assertThat(requestsFor("victim/private")).isEmpty();
  }

  private static TestRepository parts() {
    TestRepository parts = repository("parts");
    parts.submodule("p", "https://github.com/victim/private.git", victim.head("main"));
    parts.commit("Add a submodule");
    return parts;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://api.github.com/repos/victim/private/tarball/main",
        "https://codeload.github.com/victim/private/tar.gz/main",
        "https://github.com/victim/private/archive/main.tar.gz",
        "https://api.github.com/repositories/1/tarball/main",
      })
  void thatAServerRedirectsToIsNotOpened(String location) {
    Revision revision = source(FlakeText.describedAs("fine"));
    for (String where : List.of("github.com/acme/app/archive", "api.github.com/repos/acme/app")) {
      forge.hidden("github.com", "acme/app", app, TOKEN);
      before = forge.requests().size();
      forge.failNext(1, where, Fault.redirect(location));

      assertThat(rejected(revision)).isNotNull();
      assertThat(requestsFor("victim/private")).noneMatch(Request::authorized);
      assertThat(requestsFor("repositories/1")).noneMatch(Request::authorized);
    }
  }

  @Test
  void thatTheConfigurationNamesIsOpened() throws Exception {
    Revision revision =
        source(
            FlakeText.describedAs("fine")
                .plainInput("p", "github:victim/private")
                .input("q", "git+https://github.com/victim/private.git?ref=main"));
    FetchRules rules =
        new FetchRules(
            TestRules.GITHUB.hosts(),
            TestRules.GITHUB.schemes(),
            List.of("github.com/Victim/private"));

    assertThat(lock(target, rules, revision)).contains(victim.head("main").hex());
  }

  @Test
  void thatTheTargetHasLockedIsOpenedAlsoForASource() throws Exception {
    forge.github("victim/private", victim);
    Map<String, byte[]> own =
        lockedTarget(
            "own",
            FlakeText.describedAs("own")
                .input("app", "github:acme/app")
                .plainInput("p", "github:victim/private"));
    forge.hidden("github.com", "victim/private", victim, TOKEN);
    victim.write("news", "x").commit("News");
    Revision revision =
        source(FlakeText.describedAs("fine").plainInput("again", "github:victim/private"));

    assertThat(lock(own, TestRules.GITHUB, revision))
        .contains(revision.hex(), victim.head("main").hex());
  }

  @ParameterizedTest
  @CsvSource({
    "gitlab.com, gitlab:acme/tools",
    "gitlab.com, git+https://gitlab.com/acme/tools.git?ref=main",
    "git.sr.ht, sourcehut:~acme/tools",
    "git.example.org, git+https://git.example.org/acme/tools.git?ref=main",
    "github.com, git+https://github.com/acme/tools.git?ref=main",
  })
  void thatIsRoutedIsOpenedOnEachKindOfForge(String host, String reference) throws Exception {
    TestRepository tools = TestRepository.create(folder.resolve("tools" + reference.hashCode()));
    tools.write("flake.nix", FlakeText.describedAs("tools").text()).commit("Begin");
    String name = host.equals("git.sr.ht") ? "~acme/tools" : "acme/tools";
    switch (host) {
      case "gitlab.com" -> forge.gitlab(name, tools);
      case "git.sr.ht" -> forge.sourcehut(name, tools);
      case "github.com" -> forge.github(name, tools);
      default -> forge.plain(name, tools);
    }
    Map<String, byte[]> own =
        lockedTarget(
            "at" + reference.hashCode(), FlakeText.describedAs("own").input("app", reference));
    forge.hidden(host, name, tools, TOKEN);
    Revision second = tools.write("news", "x").commit("News");
    String asked =
        reference.contains("?") ? reference + "&rev=" + second : reference + "/" + second;

    String lock =
        lock(
            Path.of(TestNix.program()),
            own,
            TestRules.hosts(List.of(host)),
            Map.of("app", asked),
            List.of(new ForgeToken(host, 443, new Token(TOKEN))));

    assertThat(lock).contains(second.hex());
    assertThat(requests().stream().filter(Request::authorized))
        .isNotEmpty()
        .allMatch(each -> each.host().endsWith(host) && each.path().contains("acme"));
  }

  @Test
  void isNotWhatAPublicSourceIsOpenedWith() throws Exception {
    Revision revision =
        source(
            FlakeText.describedAs("fine")
                .plainInput("sister", "github:acme/app")
                .plainInput("git", "git+https://github.com/acme/app.git?ref=main"));

    assertThat(lock(target, TestRules.GITHUB, revision)).contains(revision.hex());
    assertThat(requests()).isNotEmpty().noneMatch(Request::authorized);
  }

  /** Environment, arguments, all files: nix, git and a source see nothing of it. */
  @Test
  void isOpenedWithATokenThatNixNeverHas() throws Exception {
    Revision revision = source(FlakeText.describedAs("fine"));
    forge.hidden("github.com", "acme/app", app, TOKEN);
    Path traces = folder.resolve("traces");
    Path program =
        TestNix.wrapper(
            folder.resolve("curious-nix"),
            """
            case $0 in
              *nix-instantiate) '%s' "$@" ;;
              *) '%s' "$@" ;;
            esac
            code=$?
            cat /proc/$$/environ /proc/$$/cmdline >> '%s'
            find "$TMPDIR" -type f -exec cat {} + >> '%s'
            exit $code
            """
                .formatted(TestNix.parser(), TestNix.program(), traces, traces));

    assertThat(lock(program, target, TestRules.GITHUB, revision)).contains(revision.hex());

    assertThat(requests()).anyMatch(Request::authorized);
    byte[] all = Files.readAllBytes(traces);
    assertThat(all).asString(StandardCharsets.ISO_8859_1).contains("NIX_CONFIG=", "flake-relay:");
    assertThat(new SecretSearch("token", TOKEN).in(all)).isEmpty();
    assertThat(new SecretSearch("ticket", TestForge.ticket(TOKEN)).in(all)).isEmpty();
  }
}
