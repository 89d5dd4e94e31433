package dev.flakerelay.update;

import dev.flakerelay.JobException;
import dev.flakerelay.Revision;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.git.GitRemote;
import dev.flakerelay.git.GitToken;
import dev.flakerelay.git.SourceHistory;
import dev.flakerelay.git.TargetBranch;
import dev.flakerelay.nix.Nix;
import dev.flakerelay.nix.NixAccess;
import dev.flakerelay.queue.Job;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * What an update works with.
 *
 * @param nix the nix program
 * @param caches where what was fetched is kept for the next time
 * @param token the token for private repositories and for pushing
 * @param races how often one update starts again because the branch moved under it
 */
public record Workshop(Nix nix, Path caches, Optional<GitToken> token, int races) {
  /** How often an update starts again where nothing else is said. */
  public static final int DEFAULT_RACES = 5;

  /** All of a repository's flakes are read, as the target's may take in others by relative path. */
  private static final Set<String> FLAKE_FILES = Set.of("flake.nix", "flake.lock");

  TargetBranch fetch(Job job) throws JobException {
    GitRemote remote = new GitRemote(job.repository(), token);
    return TargetBranch.fetch(
        remote, job.branch(), FLAKE_FILES, caches.resolve("target-" + job.group()));
  }

  /** The newest commit of a source's branch. */
  Revision head(SourceBranch source, Job job) throws JobException {
    try (SourceHistory history = history(source, job)) {
      return history.head();
    }
  }

  /** The history of a source's branch as it is now. */
  SourceHistory history(SourceBranch source, Job job) throws JobException {
    Path cache = caches.resolve("source-" + nameOf(source));
    return SourceHistory.fetch(source, tokenFor(source, job), cache);
  }

  /** How nix may open a private source. */
  List<NixAccess> access(SourceBranch source, Job job) {
    return tokenFor(source, job)
        .map(
            secret -> {
              URI url = URI.create(source.url());
              String path = url.getPath().replaceFirst("^/", "").replaceFirst("\\.git$", "");
              return List.of(new NixAccess(url.getHost(), path, secret.value()));
            })
        .orElse(List.of());
  }

  /** The token belongs to the target's host; a source on another one must not see it. */
  private Optional<GitToken> tokenFor(SourceBranch source, Job job) {
    return token.filter(
        secret ->
            source.url().startsWith("https://")
                && job.repository().startsWith("https://")
                && host(source.url()).equalsIgnoreCase(host(job.repository())));
  }

  private static String host(String url) {
    return String.valueOf(URI.create(url).getHost());
  }

  private static UUID nameOf(SourceBranch source) {
    return UUID.nameUUIDFromBytes(source.toString().getBytes(StandardCharsets.UTF_8));
  }
}
