package dev.flakerelay.support;

import dev.flakerelay.Revision;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * A source {@code app}, a target that locks it, and a relay.yaml that connects them.
 *
 * @param source where the source is released
 * @param target the bare repository that is pushed to
 * @param config relay.yaml
 */
public record Relayed(TestRepository source, TestRepository target, Path config) {

  /** Everything over {@code file:} URLs. */
  public static Relayed create(Path folder) {
    TestRepository source = source(folder);
    return withSourceAt(folder, source, "file://" + source.directory());
  }

  /** The source, at its first release. */
  public static TestRepository source(Path folder) {
    TestRepository source = TestRepository.create(folder.resolve("source"));
    source.write("flake.nix", FlakeText.describedAs("app").text()).commit("Release 1.0.0");
    return source;
  }

  /** The target and the configuration for a source that is reached at a Git URL. */
  public static Relayed withSourceAt(Path folder, TestRepository source, String url) {
    TestRepository work = TestRepository.create(folder.resolve("work"));
    String flake = FlakeText.describedAs("target").input("app", "git+" + url + "?ref=main").text();
    work.write("flake.nix", flake).commit("Add the flake");
    TestNix.in(folder.resolve("nix"), Map.of()).lock(work.directory()).succeeded();
    work.commit("Lock app 1.0.0");
    TestRepository target = work.bareClone(folder.resolve("target.git"));
    String config =
        """
        secrets:
          webhook: [env:RELAY_WEBHOOK_SECRET]
        routes:
          app:
            when:
              - event: repository_dispatch
                repository: acme/machines
                type: app-released
            targets:
              - repository: %s
                branch: main
                input: app
        """
            .formatted(target.url());
    try {
      return new Relayed(source, target, Files.writeString(folder.resolve("relay.yaml"), config));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A new release's commit. */
  public Revision release(String version) {
    return source.write("VERSION", version + "\n").commit("Release " + version);
  }

  /** A dispatch's body. */
  public static String dispatch(Revision revision, String version) {
    return dispatch("acme/machines", revision, version);
  }

  /** The body of a dispatch that speaks of some repository. */
  public static String dispatch(String repository, Revision revision, String version) {
    return """
    {"action":"app-released","repository":{"full_name":"%s"},\
    "client_payload":{"sha":"%s","version":"%s"}}\
    """
        .formatted(repository, revision, version);
  }

  /** The revision that the head of the target's branch locks. */
  public String locked() {
    String lock = target.show(target.head("main"), "flake.lock");
    return JsonMapper.shared().readTree(lock).at("/nodes/app/locked/rev").asString();
  }

  /** The target's commits that say that they lock a revision. */
  public List<TestRepository.Commit> commitsFor(Revision revision) {
    return target.log("main").stream()
        .filter(commit -> commit.message().contains("Flake-Rev: " + revision))
        .toList();
  }
}
