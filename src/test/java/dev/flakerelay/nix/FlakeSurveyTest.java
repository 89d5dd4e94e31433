package dev.flakerelay.nix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.Request;
import dev.flakerelay.support.TestForge;
import dev.flakerelay.support.TestNix;
import dev.flakerelay.support.TestRepository;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the inputs of a source's inputs ask for: it is refused before nix locks anything. */
@Tag("slow")
@Order(1)
class FlakeSurveyTest {
  private static final String LIB = "github:acme/lib";

  private final Path folder;
  private final TestForge forge = TestForge.start();
  private final Map<String, TestRepository> repositories = new HashMap<>();
  private final Path locked;
  private final Path program;

  FlakeSurveyTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.locked = folder.resolve("locked");
    this.program =
        TestNix.wrapper(folder.resolve("nix"), "[ \"$1\" != flake ] || touch '" + locked + "'");
    commit("app", FlakeText.describedAs("app"));
    commit("lib", FlakeText.describedAs("lib"));
  }

  @AfterEach
  void stop() {
    assertThat(folder.resolve("work")).isEmptyDirectory();
    forge.close();
  }

  /** One more commit of a repository of that name. */
  private Revision commit(String name, FlakeText flake) {
    return repository(name).write("flake.nix", flake.text()).commit("Change");
  }

  private TestRepository repository(String name) {
    return repositories.computeIfAbsent(
        name,
        any -> {
          TestRepository made = TestRepository.create(folder.resolve("source-" + name));
          forge.github("acme/" + name, made);
          return made;
        });
  }

  /** A target that has locked what the source is now. */
  private Map<String, byte[]> target(FlakeText flake) throws IOException {
    Path place = Files.createDirectories(folder.resolve("target"));
    Files.writeString(place.resolve("flake.nix"), flake.text());
    TestNix.in(folder.resolve("nix-of-person"), forge.environment()).lock(place).succeeded();
    return Map.of(
        "flake.nix", Files.readAllBytes(place.resolve("flake.nix")),
        "flake.lock", Files.readAllBytes(place.resolve("flake.lock")));
  }

  private Map<String, byte[]> target() throws IOException {
    return target(FlakeText.describedAs("target").input("app", "github:acme/app"));
  }

  private String lock(Map<String, byte[]> target, Revision revision) throws JobException {
    byte[] made =
        nix().lock(target, ".", Map.of("app", "github:acme/app/" + revision), List.of()).file();
    return new String(made, StandardCharsets.UTF_8);
  }

  private Nix nix() {
    Map<String, String> environment = new HashMap<>(forge.environment());
    environment.put("PATH", System.getenv("PATH"));
    return new Nix(
        program, folder.resolve("work"), NixLimits.DEFAULT, environment, TestRules.GITHUB);
  }

  /** Why a revision is refused without that nix has locked, and thereby read, anything. */
  private String refused(Map<String, byte[]> target, Revision revision) {
    PermanentException refusal =
        catchThrowableOfType(PermanentException.class, () -> lock(target, revision));
    assertThat(refusal).isNotNull();
    assertThat(locked).doesNotExist();
    return refusal.getMessage();
  }

  @ParameterizedTest
  @CsvSource({
    "path:/etc, inputs by `path`",
    "/etc, inputs by `path`",
    "file:///etc/passwd, inputs by `file`",
    "git+file:///etc, inputs by `git+file`",
    "http://169.254.169.254/latest/meta-data, inputs by `http`",
    "https://127.0.0.1/x.tar.gz, network.allow",
    "git+ssh://git@127.0.0.1/x, network.allow",
    "hg+https://evil.example/x, inputs by `hg+https`",
    "path:../../etc, leads out of its source",
  })
  void isNotFollowedFromAnInputOfAnInput(String url, String words) throws IOException {
    var target = target();
    commit("lib", FlakeText.describedAs("lib").input("bad", url));
    Revision evil = commit("app", FlakeText.describedAs("evil").input("lib", LIB));

    assertThat(refused(target, evil)).contains("github:acme/lib asks for", words);
  }

  @Test
  void isNotFollowedFromFurtherDown() throws IOException {
    var target = target();
    commit("far", FlakeText.describedAs("far").input("bad", "path:/etc"));
    commit("lib", FlakeText.describedAs("lib").input("far", "github:acme/far/main"));
    Revision evil = commit("app", FlakeText.describedAs("evil").input("lib", LIB));

    assertThat(refused(target, evil))
        .contains("the input `bad` of github:acme/far asks for path:/etc");
  }

  @ParameterizedTest
  @CsvSource({"'\"path:./a/b\"'", "./a/b", "'\"./a/b\"'"})
  void isNotFollowedFromAnotherFolderOfTheSource(String url) throws IOException {
    var target = target();
    TestRepository app = repository("app");
    app.write("a/b/flake.nix", FlakeText.describedAs("b").input("bad", "path:/etc").text());
    app.write("flake.nix", "{ inputs.sub.url = " + url + "; outputs = _: { }; }");

    assertThat(refused(target, app.commit("Evil")))
        .contains("the input `bad` of github:acme/app?dir=a/b asks for path:/etc");
  }

  @Test
  void whatTheSourceHasLockedIsNotFetchedWhateverItHasBecome() throws Exception {
    var target = target();
    commit("app", FlakeText.describedAs("app").input("lib", LIB));
    Revision lib = repository("lib").head("main");
    Revision good = lockApp();
    commit("lib", FlakeText.describedAs("lib").input("bad", "path:/etc"));
    int before = archives("lib").size();

    assertThat(lock(target, good)).contains(good.hex(), lib.hex());
    assertThat(archives("lib")).hasSize(before);
  }

  @Test
  void isNotFollowedFromWhatTheTargetHasInItsPlace() throws IOException {
    commit("app", FlakeText.describedAs("app").input("lib", "github:acme/nowhere"));
    var target =
        target(
            FlakeText.describedAs("target")
                .input("app", "github:acme/app")
                .input("app.inputs.lib", LIB));
    commit("lib", FlakeText.describedAs("lib").input("bad", "path:/etc"));
    Revision next =
        commit("app", FlakeText.describedAs("next").input("lib", "github:acme/nowhere"));

    assertThat(refused(target, next)).contains("of github:acme/lib asks for path:/etc");
  }

  /** The target's owner has named it; nobody else may. */
  @Test
  void whatTheTargetHasInItsPlaceMayBeOfThisMachine() throws Exception {
    TestRepository own = repository("own").write("flake.nix", FlakeText.describedAs("own").text());
    own.commit("First");
    commit("app", FlakeText.describedAs("app").input("lib", LIB));
    lockApp();
    String reference = "git+file://" + own.directory();
    var target =
        target(
            FlakeText.describedAs("target")
                .input("app", "github:acme/app")
                .input("app.inputs.lib", reference));
    Revision moved = own.write("news.txt", "1").commit("News");
    Revision next = repository("app").write("news.txt", "1").commit("News");

    assertThat(lock(target, next)).contains(next.hex(), moved.hex());

    Files.delete(locked);
    Revision evil =
        commit("app", FlakeText.describedAs("app").input("extra", reference + "/../source-lib"));
    assertThat(refused(target, evil)).contains("inputs by `git+file`");
  }

  @Test
  void isNotFollowedWhereTheSourceTookBackWhatMadeItFollow() throws IOException {
    commit("fine", FlakeText.describedAs("fine"));
    commit("lib", FlakeText.describedAs("lib").input("bad", "path:/etc"));
    FlakeText text =
        FlakeText.describedAs("app").input("lib", LIB).input("fine", "github:acme/fine");
    commit("app", text.follows("lib.bad", "fine"));
    var target = target();
    Revision evil =
        commit(
            "app",
            FlakeText.describedAs("app").input("lib", LIB).input("fine", "github:acme/fine"));

    assertThat(refused(target, evil)).contains("of github:acme/lib asks for path:/etc");
  }

  @Test
  void moreThanASaneNumberIsRefused() throws IOException {
    var target = target();
    FlakeText many = FlakeText.describedAs("many");
    for (int i = 0; i < 60; i++) {
      many.input("i" + i, "github:acme/lib/branch" + i);
    }

    assertThat(refused(target, commit("app", many))).contains("more than 50 flakes");
    assertThat(archives("lib")).isEmpty();
  }

  /** A source that has a flake.lock of its own. */
  private Revision lockApp() {
    Path place = repository("app").directory();
    TestNix.in(folder.resolve("nix-of-app"), forge.environment()).lock(place).succeeded();
    return repository("app").commit("Lock");
  }

  private List<Request> archives(String name) {
    return forge.requests().stream()
        .filter(request -> request.path().startsWith("/acme/" + name + "/tar"))
        .toList();
  }

  @Test
  void whatLeadsBackToItselfIsReadOnce() throws IOException {
    var target = target();
    commit("lib", FlakeText.describedAs("lib").input("other", "github:acme/other"));
    commit("other", FlakeText.describedAs("other").input("lib", LIB));
    Revision circular = commit("app", FlakeText.describedAs("app").input("lib", LIB));

    PermanentException refusal =
        catchThrowableOfType(PermanentException.class, () -> lock(target, circular));
    assertThat(refusal).hasMessageContaining("nix could not lock").hasMessageContaining("circular");
  }

  @Test
  void goodOnesAreLocked() throws Exception {
    var target = target();
    Revision far = commit("far", FlakeText.describedAs("far"));
    Revision lib = commit("lib", FlakeText.describedAs("lib").input("far", "github:acme/far"));
    TestRepository app = repository("app");
    app.write("sub/flake.nix", FlakeText.describedAs("sub").input("lib", LIB).text());
    Revision good =
        commit(
            "app",
            FlakeText.describedAs("app")
                .input("lib", LIB)
                .input("sub", "path:./sub")
                .plainInput("data", "github:acme/far")
                .follows("lib.far", "data"));

    assertThat(lock(target, good)).contains(good.hex(), lib.hex(), far.hex());
  }

  @Test
  void whatTheTargetMakesFollowItsOwnIsNotFetched() throws Exception {
    var target =
        target(
            FlakeText.describedAs("target")
                .input("app", "github:acme/app")
                .input("lib", LIB)
                .follows("app.lib", "lib"));

    Revision next = commit("app", FlakeText.describedAs("app").input("lib", "github:acme/nowhere"));

    assertThat(lock(target, next)).contains(next.hex()).doesNotContain("nowhere");
  }
}
