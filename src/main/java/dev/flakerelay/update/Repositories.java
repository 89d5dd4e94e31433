package dev.flakerelay.update;

import dev.flakerelay.Access;
import dev.flakerelay.Deadline;
import dev.flakerelay.ForgeHosts;
import dev.flakerelay.JobException;
import dev.flakerelay.NotThereException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.config.Checks;
import dev.flakerelay.config.Publish;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.Sign;
import dev.flakerelay.flake.FlakeFiles;
import dev.flakerelay.forge.CommitApi;
import dev.flakerelay.forge.Credentials;
import dev.flakerelay.forge.FixedToken;
import dev.flakerelay.forge.Forge;
import dev.flakerelay.forge.Forges;
import dev.flakerelay.forge.Permission;
import dev.flakerelay.forge.Proposals;
import dev.flakerelay.git.ChangedPaths;
import dev.flakerelay.git.GitRemote;
import dev.flakerelay.git.RemoteHead;
import dev.flakerelay.git.RemoteTags;
import dev.flakerelay.git.SourceHistory;
import dev.flakerelay.git.TargetBranch;
import dev.flakerelay.git.push.PushRight;
import dev.flakerelay.lock.ForgeToken;
import dev.flakerelay.queue.Job;
import dev.flakerelay.secret.SecretValues;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;

/**
 * The targets and sources on their servers, and what opens them.
 *
 * @param caches where what was fetched is kept for the next time
 * @param credentials for private repositories and for pushing
 * @param deadline when what is done with them must have ended
 * @param hosts which forge is at which host
 */
public record Repositories(
    Path caches, Credentials credentials, Deadline deadline, ForgeHosts hosts) {
  /** Repositories for work that need not end some time. */
  public Repositories(Path caches, Credentials credentials) {
    this(caches, credentials, Deadline.NONE, ForgeHosts.DEFAULT);
  }

  /** The same, opened by one token, or by none. */
  public Repositories(Path caches, SecretValues token) {
    this(caches, new FixedToken(token));
  }

  /** The same where more hosts are known than names tell. */
  public Repositories knowing(ForgeHosts known) {
    return new Repositories(caches, credentials, deadline, known);
  }

  /** The same for work that must have ended some time. */
  public Repositories within(Deadline limit) {
    return new Repositories(caches, credentials, limit, hosts);
  }

  TargetBranch fetch(Job job) throws JobException {
    GitRemote remote = new GitRemote(job.repository(), target(job, Permission.PUSH), deadline);
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
    PushRight.require(new GitRemote(job.repository(), target(job, Permission.PUSH)));
  }

  /**
   * Asks whether a job's target would take what its route publishes.
   *
   * @throws PermanentException if a permission is missing, or the branch wants signatures that the
   *     route does not make
   * @throws RetryableException if that can't be found out now
   */
  public void requirePublishing(Job job, Route route) throws JobException {
    if (route.publish() == Publish.PULL_REQUEST) {
      Optional<Access> access = target(job, Permission.PROPOSE);
      if (access.isPresent()) {
        var _ = access.get().token();
      }
    }
    if (route.commit().sign() == Sign.NONE && hosts.known(job.repository()).isPresent()) {
      Optional<Access> access = target(job, Permission.PUSH);
      if (access.isPresent() && takesOnlySigned(job, access.get())) {
        throw new PermanentException(
            "the branch "
                + job.branch()
                + " takes commits with verified signatures only: set commit.sign to ssh or to"
                + " github");
      }
    }
  }

  /**
   * Asks whether a job's source would let its checks be read, and commit statuses be written, where
   * its route needs that.
   *
   * @throws PermanentException if a permission is missing
   * @throws RetryableException if that can't be found out now
   */
  public void requireAnswering(SourceBranch source, Job job, Route route, boolean reports)
      throws JobException {
    List<Permission> needed = new ArrayList<>();
    if (reports) {
      needed.add(Permission.REPORT);
    }
    if (route.checks() == Checks.REQUIRED) {
      needed.add(Permission.CHECK);
    }
    for (Permission each : needed) {
      Optional<Access> access = credentials.source(source.url(), job.repository(), each, deadline);
      if (access.isPresent()) {
        var _ = access.get().token();
      }
    }
  }

  private boolean takesOnlySigned(Job job, Access access) {
    try {
      Optional<Forge> forge = forges().of(job.repository(), access);
      return forge.isPresent() && forge.get().takesOnlySigned(job.branch());
    } catch (JobException e) {
      return false; // the first push says so
    }
  }

  /** The history of a source's branch as it is now. */
  SourceHistory history(SourceBranch source, Job job) throws JobException {
    Path cache = caches.resolve("source-" + nameOf(source));
    return SourceHistory.fetch(source, tokenFor(source, job), cache, deadline);
  }

  /**
   * Whether a source's revisions differ in a path that counts.
   *
   * @throws PermanentException if they can't be compared
   */
  boolean touches(
      SourceBranch source, Job job, Revision before, Revision after, Predicate<String> counts)
      throws JobException {
    return ChangedPaths.any(remote(source, job), caches.resolve("busy"), before, after, counts);
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
    Optional<Access> access = tokenFor(source, job);
    return access.isPresent() ? forges().of(source, access.get()) : Optional.empty();
  }

  /** A source's forge to write commit statuses to; empty if it has none, or nothing opens it. */
  public Optional<Forge> reportForge(SourceBranch source, Job job) throws JobException {
    Optional<Access> access =
        credentials.source(source.url(), job.repository(), Permission.REPORT, deadline);
    return access.isPresent() ? forges().of(source, access.get()) : Optional.empty();
  }

  /** A source's forge to read checks from; empty if it has none, or nothing opens it. */
  Optional<Forge> checksForge(SourceBranch source, Job job) throws JobException {
    Optional<Access> access =
        credentials.source(source.url(), job.repository(), Permission.CHECK, deadline);
    return access.isPresent() ? forges().of(source, access.get()) : Optional.empty();
  }

  private Forges forges() {
    return new Forges(hosts, caches.resolve("heads.json"), deadline);
  }

  /** What is proposed to a job's target. */
  public Proposals proposals(Job job) throws JobException {
    return targetForge(job, Permission.PROPOSE, "pull requests", "publish: pull-request")
        .proposals();
  }

  /** What makes commits of a job's target there. */
  public CommitApi commits(Job job) throws JobException {
    return targetForge(job, Permission.PUSH, "commits by an API", "commit.sign: github")
        .commits()
        .orElseThrow(() -> new PermanentException("`commit.sign: github` needs GitHub"));
  }

  private Forge targetForge(Job job, Permission permission, String what, String setting)
      throws JobException {
    Optional<Access> access = target(job, permission);
    if (access.isEmpty()) {
      throw new PermanentException(
          "`"
              + setting
              + "` needs a token: name it in secrets.git, or an App in secrets.github-app");
    }
    return forges()
        .of(job.repository(), access.get())
        .orElseThrow(
            () ->
                new PermanentException(
                    "there are no "
                        + what
                        + " on "
                        + job.repository()
                        + ": `"
                        + setting
                        + "` needs https://HOST/OWNER/NAME on GitHub or Forgejo"));
  }

  /** What opens private sources for a job, forge by forge. */
  public List<ForgeToken> access(Job job) {
    return credentials.forges(job.repository()).stream()
        .flatMap(forge -> ForgeToken.of(forge, path -> source(forge, path, job)).stream())
        .toList();
  }

  private Optional<Access> source(String forge, String path, Job job) throws JobException {
    String url = URI.create(forge).resolve("/" + path + ".git").toString();
    return credentials.source(url, job.repository(), Permission.READ, deadline);
  }

  /** What opens a source; empty if it is asked as anybody may. */
  public Optional<Access> tokenFor(SourceBranch source, Job job) throws JobException {
    return credentials.source(source.url(), job.repository(), Permission.READ, deadline);
  }

  private Optional<Access> target(Job job, Permission permission) throws JobException {
    return credentials.target(job.repository(), permission, deadline);
  }

  private static UUID nameOf(SourceBranch source) {
    return UUID.nameUUIDFromBytes(source.toString().getBytes(StandardCharsets.UTF_8));
  }
}
