package dev.flakerelay.cli;

import static dev.flakerelay.cli.RunSecrets.echo;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.support.Execution;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.Programs;
import dev.flakerelay.support.Request;
import dev.flakerelay.support.SecretSearch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** A whole run, with all that can go wrong, and a search for its secrets in all that it left. */
@Tag("slow")
@Order(1)
class SecretsTest {
  private static final String SITE = "github.com/";
  private static final String API = "api.github.com/repos/";

  @Test
  void noSecretIsWrittenDownAnywhere(@TempDir Path folder) throws Exception {
    try (SecretWorld world = new SecretWorld(folder)) {
      allGoesWell(world);
      pushesAreRefused(world);
      serversFailAndRepeatWhatTheyWereSent(world);
      sourcesAreWrong(world);
      theTokenIsNoLongerValid(world);
      world.killWithinNix(world.release(world.app));
      ends(world.serve().outcome(world.app.head("main").hex()), "updated");
      commandsAreRun(world);
      mistakesAreMadeInTheConfiguration(world, folder);
      world.stop();

      SecretSearch planted = new SecretSearch("what was planted", SecretWorld.PLANTED);
      assertThat(world.traces.placesHolding(planted)).containsExactly(Traces.Place.values());
      assertThat(
              RunSecrets.searches().stream().flatMap(each -> world.traces.holding(each).stream()))
          .isEmpty();
      theTokenWasShownToGitHubOnly(world);
    }
  }

  private static void allGoesWell(SecretWorld world) throws IOException {
    Revision first = world.release(world.app);
    ends(world.update("app", first), "updated");
    ends(world.update("lib", world.release(world.lib)), "updated");
    ends(world.update("proposed", world.release(world.app)), "updated");
    assertThat(world.dispatch("app", first, RunSecrets.SECOND)).isEqualTo(202);
    assertThat(world.dispatch("app", first, RunSecrets.SECOND + "x")).isEqualTo(401);
    assertThat(world.serve().post("push", "{}").statusCode()).isEqualTo(401);
  }

  private static void ends(JsonNode line, String outcome) {
    assertThat(line.path("outcome").asString()).as("%s", line).isEqualTo(outcome);
  }

  private static void pushesAreRefused(SecretWorld world) throws IOException {
    Path hook = world.target.directory().resolve("hooks/pre-receive");
    Programs.write(hook, "#!/bin/sh\necho 'Bearer " + RunSecrets.TOKEN + " may not' >&2\nexit 1\n");
    ends(world.update("app", world.release(world.app)), "rejected");
    Files.delete(hook);
  }

  private static void serversFailAndRepeatWhatTheyWereSent(SecretWorld world) throws IOException {
    for (int status : new int[] {429, 500}) {
      world.forge.failNext(1, SITE + SecretWorld.TARGET, echo(status));
      for (String source : List.of(SecretWorld.APP, SecretWorld.LIB)) {
        world.forge.failNext(1, API + source + "/commits", echo(status)); // so that Git is asked
        world.forge.failNext(1, SITE + source + ".git", echo(status));
      }
      ends(world.update("app", world.release(world.app)), "updated");
      ends(world.update("lib", world.release(world.lib)), "updated");
    }
    for (String where : List.of(API + SecretWorld.APP + "/tarball", "codeload.github.com")) {
      world.forge.failNext(2, where, echo(500));
      ends(world.update("app", world.release(world.app)), "updated");
    }
    world.forge.failNext(5, SITE + SecretWorld.TARGET, echo(502)); // so often the job is tried
    ends(world.update("app", world.release(world.app)), "failed");
    world.forge.failNext(2, "codeload.github.com", echo(404)); // as if it were still to come
    ends(world.update("app", world.release(world.app)), "updated");
    for (int status : new int[] {401, 403, 404, 422}) {
      world.forge.failNext(1, API + SecretWorld.PROPOSED + "/pulls", echo(status));
      world.update("proposed", world.release(world.app));
    }
    assertThat(world.serve().events("retry")).hasSizeGreaterThan(9);
  }

  private static void sourcesAreWrong(SecretWorld world) throws IOException {
    for (String text :
        List.of(
            "{ inputs.a.url = builtins.readFile \"/proc/self/environ\"; outputs = _: { }; }",
            "{ inputs.a.url = builtins.getEnv \"NIX_CONFIG\"; outputs = _: { }; }",
            "{ inputs.a.url = throw builtins.getEnv \"NIX_CONFIG\"; outputs = _: { }; }")) {
      world.app.write("flake.nix", text).commit("Curious");
      ends(world.update("app", world.app.head("main")), "rejected");
    }
    world.app.write("flake.nix", FlakeText.describedAs("app").text()).commit("Honest again");
  }

  private static void theTokenIsNoLongerValid(SecretWorld world) throws IOException {
    world.show("another");
    ends(world.update("app", world.release(world.app)), "rejected");
    ends(world.update("proposed", world.release(world.app)), "rejected");
    world.show(RunSecrets.TOKEN);
  }

  private static void commandsAreRun(SecretWorld world) throws IOException {
    String config = world.config.toString();
    String url = "https://github.com/" + SecretWorld.TARGET + ".git";
    String sha = world.release(world.app).hex();
    succeeds(world.run("check", "--config", config));
    succeeds(world.run("check", "--online", "--config", config));
    succeeds(world.run("update", "app", "--sha", sha, "--config", config, "--json"));
    succeeds(world.run("verify", url, "--branch", "main", "--token", "env:TOKEN"));
    assertThat(world.run("verify", url, "--token", "env:OTHER_TOKEN").exit()).isEqualTo(1);
    assertThat(world.run("verify", url, "--token", SecretWorld.PLANTED).exit()).isEqualTo(2);
    Path body = Files.writeString(world.config.resolveSibling("ping.json"), "{\"zen\":\"x\"}");
    String[] send = {
      "send",
      "--url",
      world.serve().webhook().toString(),
      "--event",
      "ping",
      "--body",
      body.toString(),
      "--secret",
      "env:RELAY_WEBHOOK_SECRET"
    };
    Execution ignored = world.run(send);
    assertThat(ignored.text()).startsWith("200 ");
    assertThat(ignored.exit()).isEqualTo(1);
    send[send.length - 1] = "env:OTHER_TOKEN";
    assertThat(world.run(send).exit()).isEqualTo(1);
    String data = world.program.data().toString();
    succeeds(world.run("retry", "--data", data));
    succeeds(world.run("retry", "--data", data, "--all"));

    world.show("another");
    assertThat(world.run("check", "--online", "--config", config).exit()).isEqualTo(1);
    assertThat(world.run("update", "app", "--sha", sha, "--config", config, "--json").exit())
        .isEqualTo(1);
    world.show(RunSecrets.TOKEN);
    for (String way :
        List.of("http://me:" + RunSecrets.OTHER_TOKEN + "@127.0.0.1:", "http://me:a b^c")) {
      String proxy = way + world.forge.proxy().address().getPort();
      RelayProgram lost =
          world
              .program
              .with("http_proxy", proxy)
              .with("https_proxy", proxy)
              .with("all_proxy", proxy);
      assertThat(world.run(lost, "check", "--online", "--config", config).exit()).isNotZero();
    }
  }

  private static void succeeds(Execution run) {
    assertThat(run.exit()).as("%s%s", run.text(), run.errors()).isZero();
  }

  private static void mistakesAreMadeInTheConfiguration(SecretWorld world, Path folder)
      throws IOException {
    String right = Files.readString(world.config);
    String token = RunSecrets.TOKEN;
    for (String wrong :
        List.of(
            right
                .replaceFirst("env:RELAY_WEBHOOK_SECRET", "'" + token + "'")
                .replaceFirst("git: .*", "git: env:" + token + "%")
                .replaceFirst("https://", "https://me:" + token + "@")
                .replaceFirst("\"https://", "\"ssh://me:" + token + "@")
                .replaceFirst("\\.git\"", ".git?token=" + token + "\"")
                .replaceFirst("lib }]\n", "lib }]\n    source: git+https://" + token + "@host/x\n"),
            right
                .replaceFirst("webhook: \\[.*]", "webhook: " + token)
                .replaceFirst("git: .*", "git: {" + token + ": x}")
                .replaceFirst("https://", "https://" + token + "@"),
            right.replaceFirst("webhook: \\[.*]", "webhook: [" + token),
            right.replaceFirst("webhook: \\[.*]", "webhook: *" + token),
            right.replaceFirst("git: .*", "git: \"" + token),
            right.replaceFirst("git: .*", "git: @" + token),
            right.replaceFirst("git: .*", "git: !" + token + " x"))) {
      assertThat(wrong).isNotEqualTo(right);
      Path file = Files.writeString(folder.resolve("wrong.yaml"), wrong);
      assertThat(world.run("check", "--config", file.toString()).exit()).as(wrong).isEqualTo(2);
    }
  }

  private static void theTokenWasShownToGitHubOnly(SecretWorld world) {
    assertThat(world.forge.requests().stream().filter(Request::authorized))
        .isNotEmpty()
        .allMatch(request -> request.host().matches("(api\\.)?github\\.com"));
  }
}
