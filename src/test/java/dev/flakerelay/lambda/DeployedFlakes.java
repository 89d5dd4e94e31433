package dev.flakerelay.lambda;

import dev.flakerelay.Revision;
import dev.flakerelay.config.TargetRef;
import dev.flakerelay.queue.Job;
import dev.flakerelay.support.GitHttpServer;
import dev.flakerelay.support.Relayed;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Sources and targets on a Git server of this machine, and a route from each to the other. */
final class DeployedFlakes implements AutoCloseable {
  private final GitHttpServer git;
  private final Map<String, Relayed> flakes = new LinkedHashMap<>();

  /** Makes a source and a target for each of the names, below a folder. */
  DeployedFlakes(Path folder, List<String> names) {
    git = GitHttpServer.serving(folder);
    for (String name : names) {
      Path own = folder.resolve(name);
      String source = git.url(name + "/source/.git");
      flakes.put(name, Relayed.withSourceAt(own, Relayed.source(own), source));
    }
  }

  /** The one with this name. */
  Relayed named(String name) {
    return Optional.ofNullable(flakes.get(name)).orElseThrow();
  }

  /** Where all of them are. */
  GitHttpServer git() {
    return git;
  }

  /** How often the server was asked for something of a repository so far. */
  long requests(String repository) {
    return git.requests().stream()
        .filter(request -> request.path().startsWith("/" + repository))
        .count();
  }

  /** A relay.yaml with a route to each. */
  String config(String webhookSecret) {
    StringBuilder config = new StringBuilder();
    config.append("secrets:\n  webhook: [").append(webhookSecret).append("]\nroutes:\n");
    for (String name : flakes.keySet()) {
      config.append(
          """
            %s:
              when: [{event: repository_dispatch, repository: %s, type: app-released}]
              targets: [{repository: "%s", branch: main, input: app}]
          """
              .formatted(name, repository(name), targetUrl(name)));
    }
    return config.toString();
  }

  /** The body of a dispatch for one of them. */
  String dispatch(String name, Revision revision, String version) {
    return Relayed.dispatch(repository(name), revision, version);
  }

  private static String repository(String name) {
    return "acme/" + name;
  }

  private String targetUrl(String name) {
    return git.url(name + "/target.git");
  }

  /** A job for some branch of a flake's target. */
  Job job(String name, String branch) {
    return job(name, branch, new Revision("0".repeat(40)));
  }

  /** A job that locks a revision, as if a person had asked for it. */
  Job job(String name, String branch, Revision revision) {
    return new Job(
        name,
        new TargetRef(targetUrl(name), branch, "."),
        "app",
        Job.Wanted.commit(revision),
        Job.Request.by(Job.Cause.COMMAND, Instant.EPOCH),
        1);
  }

  @Override
  public void close() {
    git.close();
  }
}
