package dev.flakerelay.nix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.lock.FetchRules;
import dev.flakerelay.support.Answer;
import dev.flakerelay.support.Fault;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.Programs;
import dev.flakerelay.support.Request;
import dev.flakerelay.support.TestForge;
import dev.flakerelay.support.TestHttpServer;
import dev.flakerelay.support.TestNix;
import dev.flakerelay.support.TestRepository;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a source may try, with the real nix. After each attack a good revision must lock. */
@Tag("slow")
@Order(1)
class HostileSourceTest {
  private static final NixLimits LIMITS =
      new NixLimits(Duration.ofMinutes(4), 2L << 30, 20 << 20, 60 << 20, 2_500, 30 << 20);

  @TempDir private static Path folder;
  private static TestForge forge;
  private static TestHttpServer canary;
  private static TestRepository app;
  private static Map<String, byte[]> target;

  private static int good;

  @BeforeAll
  static void lockTheTargetOnce() throws IOException {
    forge = TestForge.start();
    canary = TestHttpServer.plain(request -> Answer.text(200, "tweet"));
    app = TestRepository.create(folder.resolve("app"));
    app.write("flake.nix", FlakeText.describedAs("app").text()).commit("Begin");
    forge.github("acme/app", app);
    target = lockedTarget("target", "github:acme/app");
  }

  private static Map<String, byte[]> lockedTarget(String name, String reference)
      throws IOException {
    Path place = Files.createDirectories(folder.resolve(name));
    String text = FlakeText.describedAs("target").input("app", reference).text();
    Files.writeString(place.resolve("flake.nix"), text);
    TestNix.in(folder.resolve("nix-" + name), forge.environment()).lock(place).succeeded();
    return Map.of(
        "flake.nix", Files.readAllBytes(place.resolve("flake.nix")),
        "flake.lock", Files.readAllBytes(place.resolve("flake.lock")));
  }

  @AfterEach
  void nothingIsLeftAndTheNextGoodRevisionLocks(TestInfo test) throws Exception {
    assertThat(canary.requests()).isEmpty();
    assertThat(folder.resolve("work")).isEmptyDirectory();
    Programs.awaitEndIn(folder);
    // After each kind of attack, not after each spelling of it.
    if (test.getTestMethod().orElseThrow().isAnnotationPresent(Test.class)) {
      lockGoodRevision();
    }
  }

  @AfterAll
  static void stop() throws Exception {
    lockGoodRevision();
    canary.close();
    forge.close();
  }

  private static void lockGoodRevision() throws Exception {
    app.git("rm", "-r", "-q", "-f", "--ignore-unmatch", "flake.lock", "bulk", "link");
    Revision revision = source(FlakeText.describedAs("good " + good++).text());
    assertThat(text(lock(LIMITS, revision))).contains(revision.hex());
  }

  private static byte[] lock(NixLimits limits, Revision revision) throws JobException {
    return lock(nix(limits, TestRules.GITHUB), revision);
  }

  private static byte[] lock(Nix nix, Revision revision) throws JobException {
    return nix.lock(target, ".", Map.of("app", "github:acme/app/" + revision), List.of()).file();
  }

  private static Nix nix(NixLimits limits, FetchRules rules) {
    return new Nix(
        Path.of(TestNix.program()), folder.resolve("work"), limits, environment(), rules);
  }

  private static Map<String, String> environment() {
    return Stream.concat(
            forge.environment().entrySet().stream(),
            Stream.of(Map.entry("PATH", System.getenv("PATH"))))
        .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static PermanentException rejected(Revision revision) {
    return rejected(LIMITS, revision);
  }

  private static PermanentException rejected(NixLimits limits, Revision revision) {
    return catchThrowableOfType(PermanentException.class, () -> lock(limits, revision));
  }

  private static Revision source(String flake) {
    return app.write("flake.nix", flake).commit("Evil");
  }

  @ParameterizedTest
  @CsvSource({
    "http://127.0.0.1:CANARY/x.tar.gz, inputs by `http`",
    "http://169.254.169.254/latest/meta-data, inputs by `http`",
    "tarball+http://10.0.0.1/x, inputs by `http`",
    "https://127.0.0.1:CANARY/x.tar.gz, network.allow",
    "https://localhost:CANARY/x.tar.gz, network.allow",
    "https://[::1]:CANARY/x.tar.gz, network.allow",
    "https://2130706433:CANARY/x.tar.gz, network.allow",
    "https://169.254.169.254/latest/meta-data, network.allow",
    "https://10.0.0.1/x.tar.gz, network.allow",
    "https://[fe80::1]/x.tar.gz, network.allow",
    "https://evil.example/x.tar.gz, network.allow",
    "git+http://127.0.0.1:CANARY/x, inputs by `git+http`",
    "git+ssh://git@evil.example/x, network.allow",
    "git+file:///etc, inputs by `git+file`",
    "github:acme/app?host=evil.example, network.allow",
    "gitlab:acme/app, network.allow",
    "path:/etc, inputs by `path`",
    "/etc, inputs by `path`",
    "file:///etc/passwd, inputs by `file`",
    "hg+https://evil.example/x, inputs by `hg+https`",
  })
  void isNotFollowed(String url, String words) {
    String text = url.replace("CANARY", Integer.toString(canary.port()));
    Revision revision = source(FlakeText.describedAs("evil").plainInput("bad", text).text());
    assertThat(rejected(revision)).message().contains(words);
  }

  @Test
  void isNotFollowedInAWayThatTheConfigurationDoesNotName() {
    Revision revision =
        source(
            FlakeText.describedAs("evil").plainInput("bad", "git+https://github.com/a/b").text());
    Nix nix = nix(LIMITS, TestRules.schemes("github", "https"));
    assertThat(catchThrowableOfType(PermanentException.class, () -> lock(nix, revision)))
        .message()
        .contains("inputs by `git+https`", "network.schemes");
  }

  @Test
  void isFollowedInAWayThatTheConfigurationNames() throws Exception {
    forge.github("acme/lib", app);
    Revision revision =
        source(FlakeText.describedAs("good").plainInput("lib", "github:acme/lib").text());
    Nix nix = nix(LIMITS, TestRules.schemes("github"));
    assertThat(text(lock(nix, revision))).contains("\"lib\"");
  }

  @Test
  void isNotFollowedFromItsOwnLockFileEither() throws Exception {
    forge.github("acme/lib", app);
    String url = "http://127.0.0.1:" + canary.port() + "/x.tar.gz";
    app.write(
        "flake.lock",
        """
        {"version": 7, "root": "root", "nodes": {
          "root": {"inputs": {"lib": "lib"}},
          "lib": {
            "flake": false,
            "original": {"type": "github", "owner": "acme", "repo": "lib"},
            "locked": {"type": "tarball", "url": "%s", "narHash": "sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="}}}}
        """
            .formatted(url));
    Revision revision =
        source(FlakeText.describedAs("evil").plainInput("lib", "github:acme/lib").text());
    assertThat(rejected(revision)).message().contains("flake.lock of github:acme/app", url);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://127.0.0.1:CANARY/x.tar.gz",
        "https://evil.example/x",
        "https://127.0.0.1:CANARY/x"
      })
  void isNotFollowedByRedirect(String location) {
    Revision revision = source(FlakeText.describedAs("evil").text());
    String to = location.replace("CANARY", Integer.toString(canary.port()));
    forge.failNext(1, "codeload.github.com", Fault.redirect(to));
    assertThat(rejected(revision)).message().contains("network.allow does not name");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://127.0.0.1:CANARY/x.tar.gz",
        "git+ssh://git@127.0.0.1:CANARY/x",
        "http://127.0.0.1:CANARY/x.tar.gz"
      })
  void isNotReachedFromAnInputOfAnInput(String url) {
    TestRepository lib = TestRepository.create(folder.resolve("lib" + url.length()));
    String text = url.replace("CANARY", Integer.toString(canary.port()));
    lib.write("flake.nix", FlakeText.describedAs("lib").plainInput("bad", text).text())
        .commit("Lib");
    forge.github("acme/lib", lib);
    Revision revision =
        source(FlakeText.describedAs("evil").input("lib", "github:acme/lib").text());
    assertThat(rejected(revision)).message().contains("of github:acme/lib asks for", text);
  }

  @Test
  void aPathOfAnInputOfAnInputIsNotRead() {
    TestRepository lib = TestRepository.create(folder.resolve("lib-path"));
    Path secret = folder.resolve("secret.txt");
    lib.write("flake.nix", FlakeText.describedAs("lib").plainInput("bad", "path:" + secret).text())
        .commit("Lib");
    forge.github("acme/lib", lib);
    assertThat(secret).satisfies(path -> Files.writeString(path, "secret"));
    Revision revision =
        source(FlakeText.describedAs("evil").input("lib", "github:acme/lib").text());
    assertThat(rejected(revision))
        .message()
        .contains("the input `bad` of github:acme/lib asks for path:");
  }

  @Test
  void itsConfigurationIsIgnored() throws Exception {
    Path hook = folder.resolve("hooked");
    Revision revision =
        source(
            """
            {
              nixConfig.post-build-hook = "/usr/bin/touch %1$s";
              nixConfig.substituters = [ "http://127.0.0.1:%2$d" ];
              nixConfig.access-tokens = "github.com=stolen";
              nixConfig.allow-import-from-derivation = true;
              outputs = _: { };
            }
            """
                .formatted(hook, canary.port()));
    assertThat(text(lock(LIMITS, revision))).contains(revision.hex());
    assertThat(hook).doesNotExist();
    assertThat(forge.requests()).noneMatch(Request::authorized);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "builtins.readFile \"/etc/hostname\"",
        "\"path:\" + builtins.readFile /etc/hostname",
        "builtins.readFile (builtins.fetchurl \"http://127.0.0.1:CANARY/\")",
        "(builtins.fetchTree \"https://github.com/x.tar.gz\").outPath",
        "(import (derivation { name = \"x\"; system = builtins.currentSystem; builder ="
            + " \"/bin/sh\"; }))",
        "builtins.getEnv \"HOME\"",
        "let f = x: f x; in f 1",
        "let x = x; in x",
        "let r = n: builtins.foldl' (a: _: r n) 0 (builtins.genList (x: x) 10000); in r 1",
        "toString (builtins.length (builtins.genList (x: x) 2000000000))",
      })
  void nothingIsComputedFromWhatIsOutsideOfIt(String expression) {
    String text = expression.replace("CANARY", Integer.toString(canary.port()));
    Revision revision = source("{ inputs.a.url = " + text + "; outputs = _: { }; }");
    assertThat(rejected(revision)).message().contains("could not read the source", "is computed");
    assertThat(forge.requests()).noneMatch(request -> request.path().contains("x.tar.gz"));
  }

  /** What is fetched tells its server something, be it only that it is asked for. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "inputs.a.url = (builtins.fetchTree { type = \"tarball\"; url = \"URL\"; }).outPath;",
        "inputs = builtins.fetchTarball \"URL\";",
        "inputs.a.url = builtins.fetchGit \"URL\";",
        "inputs.a.url = toString (builtins.getFlake \"URL\");",
        "inputs.a.url = \"path:${builtins.fetchurl \"URL\"}\";",
        "inputs.${builtins.readFile (builtins.fetchurl \"URL\")}.url = \"a\";",
        "${builtins.readFile (builtins.fetchurl \"URL\")} = 1;",
        "inherit (import (builtins.fetchurl \"URL\")) inputs;"
      })
  void nothingIsFetchedByAnExpression(String expression) {
    String url = "https://github.com/acme/app/archive/told.tar.gz";
    Revision revision = source("{ " + expression.replace("URL", url) + " outputs = _: { }; }");
    assertThat(rejected(revision)).message().contains("could not read the source");
    assertThat(forge.requests()).noneMatch(request -> request.path().contains("told"));
  }

  @ParameterizedTest
  @CsvSource({
    "flake.nix, /etc/passwd, leads out of its source",
    "flake.nix, /proc/self/environ, leads out of its source",
    "flake.nix, ../../../../../../etc/passwd, leads out of its source",
    "flake.nix, ., is not a file",
    "flake.nix, flake.nix, could not open",
    "flake.lock, /proc/self/environ, leads out of its source",
    "flake.lock, /dev/zero, leads out of its source",
  })
  void aLinkThatLeadsElsewhereIsNotRead(String name, String to, String words) {
    app.git("rm", "-q", "-f", "--ignore-unmatch", name);
    Revision revision = app.symlink(name, to).commit("Evil");
    assertThat(rejected(revision)).message().contains(words);
    app.git("rm", "-q", "-f", name);
  }

  @ParameterizedTest
  @ValueSource(strings = {"path:../../../../etc", "path:./link", "path:./link/x", "./sub/../../x"})
  void aFolderBesideItIsNotTakenIn(String url) {
    app.git("rm", "-q", "-f", "--ignore-unmatch", "link");
    app.symlink("link", "/etc");
    Revision revision = source(FlakeText.describedAs("evil").plainInput("bad", url).text());
    assertThat(rejected(revision)).message().contains("leads out of its source");
  }

  @Test
  void wordsOfItsAreToldShortly() {
    String name = "n".repeat(3 << 20);
    Revision revision = source("{ inputs." + name + ".url = \"path:/etc\"; outputs = _: { }; }");
    assertThat(rejected(revision))
        .message()
        .contains("nnn", "asks for path:/etc", "network.schemes")
        .hasSizeLessThan(1_024);
    Revision other = source("{ inputs.a." + name + " = \"\"; outputs = _: { }; }");
    assertThat(rejected(other)).message().hasSizeLessThan(1_024);
    Revision far = source("{ inputs.a.url = \"" + name + "\"; outputs = _: { }; }");
    assertThat(rejected(far)).message().contains("4096 characters").hasSizeLessThan(1_024);
  }

  @Test
  void manyInputsAreRefused() {
    StringBuilder inputs = new StringBuilder();
    for (int i = 0; i < 30_000; i++) {
      inputs.append("i").append(i).append(".follows = \"a\"; ");
    }
    Revision revision = source("{ inputs = { " + inputs + "}; outputs = _: { }; }");
    assertThat(rejected(revision)).message().contains("more than 5000 inputs");
  }

  @Test
  void aPathOutOfASourceInItsLockFileIsRefused() {
    app.write(
        "flake.lock",
        """
        {"version": 7, "root": "root", "nodes": {
          "root": {"inputs": {"lib": "lib"}},
          "lib": {
            "inputs": {"far": "far"},
            "original": {"type": "github", "owner": "acme", "repo": "lib"},
            "locked": {"type": "github", "owner": "acme", "repo": "lib", "rev": "1"}},
          "far": {
            "flake": false,
            "parent": ["lib"],
            "original": {"type": "path", "path": "../../../etc"},
            "locked": {"type": "path", "path": "../../../etc"}}}}
        """);
    Revision revision =
        source(FlakeText.describedAs("evil").plainInput("lib", "github:acme/lib").text());
    assertThat(rejected(revision)).message().contains("path:../../../etc, which leads out");
  }

  @Test
  void aLockOfManyNodesIsRefused() {
    StringBuilder nodes =
        new StringBuilder("{\"version\":7,\"root\":\"root\",\"nodes\":{\"root\":{}");
    for (int i = 0; i < 100_000; i++) {
      nodes.append(",\"n").append(i).append("\":{}");
    }
    app.write("flake.lock", nodes.append("}}").toString());
    assertThat(rejected(source(FlakeText.describedAs("evil").text())))
        .message()
        .contains("100001 nodes");
    app.write(
        "flake.lock",
        nodes.toString().replace("{}", "{\"locked\":{\"type\":\"path\",\"path\":\"./x\"}}"));
    assertThat(rejected(source(FlakeText.describedAs("evil").text())))
        .message()
        .contains("flake.lock is too large");
  }

  @Test
  void aHugeFlakeIsRefused() {
    NixLimits wide =
        new NixLimits(Duration.ofMinutes(4), 2L << 30, 1L << 30, 1L << 30, 2_500, 1L << 30);
    Revision revision = source("{ outputs = _: { }; } #" + "x".repeat(50 << 20));
    assertThat(rejected(wide, revision))
        .message()
        .contains("flake.nix of github:acme/app/", "is too large");
  }

  @Test
  void anArchiveOfZerosIsStopped() throws Exception {
    try (RandomAccessFile sparse =
        new RandomAccessFile(app.directory().resolve("bulk").toFile(), "rw")) {
      sparse.setLength(100 << 20);
    }
    Revision revision = source(FlakeText.describedAs("evil").text());
    assertThat(rejected(revision)).message().contains("limit");
  }

  @Test
  void anArchiveOfManyFilesIsStopped() {
    TestRepository many = TestRepository.create(folder.resolve("many"));
    many.write("flake.nix", FlakeText.describedAs("many").text()).commit("Begin");
    Revision revision = many.commitBulk(5_000, "Bulk");
    forge.github("acme/app", many);
    try {
      assertThat(rejected(revision)).message().contains("more than 2500 files");
    } finally {
      forge.github("acme/app", app);
    }
  }

  @Test
  void aServerThatSaysNothingIsNotWaitedForForEver() {
    Revision revision = source(FlakeText.describedAs("fine").text());
    // nix asks again by itself.
    forge.failNext(5, "codeload.github.com/acme/app/tar.gz/" + revision, new Fault.Silence());
    NixLimits tight =
        new NixLimits(Duration.ofSeconds(2), 2L << 30, 20 << 20, 60 << 20, 2_500, 30 << 20);
    assertThat(catchThrowableOfType(RetryableException.class, () -> lock(tight, revision)))
        .hasMessageContaining("stopped after 2 s");
  }

  /** Git alone would have waited for as long as nix may take. */
  @Test
  void aGitServerThatSaysNothingIsGivenUpLongBefore() throws Exception {
    forge.plain("acme/app", app);
    String url = "git+https://" + TestForge.PLAIN_HOST + "/acme/app.git?ref=main";
    Map<String, byte[]> other = lockedTarget("over-git", url);
    Revision revision = source(FlakeText.describedAs("fine").text());
    forge.failNext(1, TestForge.PLAIN_HOST, new Fault.Silence());
    NixLimits limits =
        new NixLimits(Duration.ofSeconds(24), 2L << 30, 20 << 20, 60 << 20, 2_500, 30 << 20);
    assertThat(
            catchThrowableOfType(
                RetryableException.class,
                () ->
                    nix(limits, TestRules.GITHUB)
                        .lock(other, ".", Map.of("app", url + "&rev=" + revision), List.of())))
        .hasMessageContaining("Operation too slow. Less than 1 bytes/sec transferred the last 3 s");
  }

  @Test
  void whatFollowsTheTargetsOwnInputIsNotAskedFor() throws Exception {
    Revision revision =
        source(
            FlakeText.describedAs("fine")
                .plainInput("self-made", "path:./sub")
                .plainInput("sister", "github:acme/app")
                .follows("alias", "sister")
                .text());
    assertThat(text(lock(LIMITS, revision))).contains("self-made");
  }
}
