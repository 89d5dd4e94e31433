package dev.flakerelay.update;

import dev.flakerelay.Deadline;
import dev.flakerelay.ForgeHosts;
import dev.flakerelay.JobException;
import dev.flakerelay.NotThereException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.Token;
import dev.flakerelay.flake.FlakeFiles;
import dev.flakerelay.forge.Forge;
import dev.flakerelay.forge.Forges;
import dev.flakerelay.forge.Proposals;
import dev.flakerelay.git.GitRemote;
import dev.flakerelay.git.PushRight;
import dev.flakerelay.git.RemoteHead;
import dev.flakerelay.git.RemoteTags;
import dev.flakerelay.git.SourceHistory;
import dev.flakerelay.git.TargetBranch;
import dev.flakerelay.lock.ForgeToken;
import dev.flakerelay.queue.Job;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.secret.SecretException;
import dev.flakerelay.secret.SecretValues;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * The targets and sources on their servers, and the token that opens them.
 *
 * @param caches where what was fetched is kept for the next time
 * @param token for private repositories and for pushing: one value or none
 * @param deadline when what is done with them must have ended
 * @param hosts which forge is at which host
 */
public record Repositories(Path caches, SecretValues token, Deadline deadline, ForgeHosts hosts) {
  /** Repositories for work that need not end some time. */
  public Repositories(Path caches, SecretValues token) {
    this(caches, token, Deadline.NONE, ForgeHosts.DEFAULT);
  }

  /** The same where more hosts are known than names tell. */
  public Repositories knowing(ForgeHosts known) {
    return new Repositories(caches, token, deadline, known);
  }

  /** The same for work that must have ended some time. */
  public Repositories within(Deadline limit) {
    return new Repositories(caches, token, limit, hosts);
  }

  TargetBranch fetch(Job job) throws JobException {
    GitRemote remote = new GitRemote(job.repository(), token(job), deadline);
    FlakeFiles files = new FlakeFiles(job.directory());
    return TargetBranch.fetch(
        remote, job.branch(), files::needed, caches.resolve("target-" + job.group()));
  }

  /**
   * Asks whether a job's target would take a push.
   *
   * @throws PermanentException if not
   * @throws RetryableException if that can't be found out now
   */
  public void requirePush(Job job) throws JobException {
    PushRight.require(new GitRemote(job.repository(), token(job)));
  }

  /** The history of a source's branch as it is now. */
  SourceHistory history(SourceBranch source, Job job) throws JobException {
    Path cache = caches.resolve("source-" + nameOf(source));
    return SourceHistory.fetch(source, tokenFor(source, job), cache, deadline);
  }

  /**
   * The commit that a tag of a source leads to.
   *
   * @throws NotThereException if there is no such tag
   */
  Revision commitOf(SourceBranch source, Job job, String tag) throws JobException {
    return RemoteTags.commit(remote(source, job), tag);
  }

  /** The commit behind what may be an annotated tag's own object; empty if it is none. */
  Optional<Revision> commitBehind(SourceBranch source, Job job, Revision object)
      throws JobException {
    return RemoteTags.commitBehind(remote(source, job), object);
  }

  /** Whether a source has a branch, whichever, at a commit. */
  boolean hasBranchAt(SourceBranch source, Job job, Revision commit) throws JobException {
    return RemoteHead.isAny(remote(source, job), commit);
  }

  private GitRemote remote(SourceBranch source, Job job) throws JobException {
    return new GitRemote(source.url(), tokenFor(source, job), deadline);
  }

  /** A source's forge, where a token makes it affordable to ask. */
  public Optional<Forge> forge(SourceBranch source, Job job) throws JobException {
    return tokenFor(source, job).flatMap(secret -> forges().of(source, secret));
  }

  private Forges forges() {
    return new Forges(hosts, caches.resolve("heads.json"), deadline);
  }

  /** What is proposed to a job's target. */
  public Proposals proposals(Job job) throws JobException {
    Optional<Token> secret = token(job);
    if (secret.isEmpty()) {
      throw new PermanentException("`publish: pull-request` needs a token: name it in secrets.git");
    }
    return forges()
        .of(job.repository(), secret.get())
        .orElseThrow(
            () ->
                new PermanentException(
                    "there are no pull requests on "
                        + job.repository()
                        + ": `publish: pull-request` needs https://HOST/OWNER/NAME on GitHub or"
                        + " Forgejo"))
        .proposals();
  }

  /** What opens private sources on the target's forge. */
  public List<ForgeToken> access(Job job) throws JobException {
    return token(job).flatMap(secret -> ForgeToken.of(job.repository(), secret)).stream().toList();
  }

  /** The token belongs to the target's host; a source on another one must not see it. */
  public Optional<Token> tokenFor(SourceBranch source, Job job) throws JobException {
    boolean sameHost =
        source.url().startsWith("https://")
            && job.repository().startsWith("https://")
            && server(job.repository()).equalsIgnoreCase(server(source.url()));
    return sameHost ? token(job) : Optional.empty();
  }

  private Optional<Token> token(Job job) throws JobException {
    try {
      return token.current().stream().findFirst().map(secret -> new Token(secret.value()));
    } catch (SecretException e) {
      // Whatever is wrong with it can be mended, and the job is none the worse.
      throw new RetryableException("could not open " + job.repository() + ": " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new RetryableException(
          "could not open " + job.repository() + ": secrets.git: " + e.getMessage(), e);
    }
  }

  /** The secret behind the token; what is wrong with it is told when it is needed. */
  List<Secret> secret() {
    try {
      return token.current();
    } catch (SecretException e) {
      return List.of();
    }
  }

  /** Whether the secret is another one than some time ago, as far as that can be seen. */
  boolean hasAnotherSecretThan(List<Secret> before) {
    try {
      return !token.refreshed().equals(before);
    } catch (SecretException e) {
      return false;
    }
  }

  /** Another port is another server. */
  private static String server(String url) {
    try {
      URI read = new URI(url);
      return read.getHost() + ":" + (read.getPort() < 0 ? 443 : read.getPort());
    } catch (URISyntaxException e) {
      return url; // Git may know what to make of it
    }
  }

  private static UUID nameOf(SourceBranch source) {
    return UUID.nameUUIDFromBytes(source.toString().getBytes(StandardCharsets.UTF_8));
  }
}
