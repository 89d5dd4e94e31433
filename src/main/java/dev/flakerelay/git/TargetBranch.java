package dev.flakerelay.git;

import dev.flakerelay.FailureText;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.git.cache.BareRepository;
import dev.flakerelay.git.cache.CacheUse;
import dev.flakerelay.git.push.CommitPush;
import dev.flakerelay.git.push.PushResult;
import dev.flakerelay.git.sign.SigningKey;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.transport.RefSpec;

/**
 * One branch of a target repository: its head is fetched without history and without file contents,
 * single files are read, and one commit on top of it is pushed.
 */
public final class TargetBranch implements AutoCloseable {
  private static final String FETCHED = "refs/relay/head";
  private static final String INTENT = "fetch the branch of";

  /** After so many commits of our own the cache takes up less if the head is fetched again. */
  private static final int MOST_PUSHED = 100;

  private final GitRemote remote;
  private final String branch;
  private final BareRepository cache;
  private final Snapshot head;
  private final Map<String, byte[]> files;

  private TargetBranch(
      GitRemote remote,
      String branch,
      BareRepository cache,
      Snapshot head,
      Map<String, byte[]> files) {
    this.remote = remote;
    this.branch = branch;
    this.cache = cache;
    this.head = head;
    this.files = files;
  }

  /**
   * Fetches the branch's head.
   *
   * @param selection which files to read
   * @param cacheFolder where a bare repository keeps what was fetched before; made if missing, made
   *     anew if broken
   * @throws PermanentException if there is no such branch or repository, or no permission
   * @throws RetryableException if the server could not be reached, or failed
   */
  public static TargetBranch fetch(
      GitRemote remote, String branch, FileSelection selection, Path cacheFolder)
      throws JobException {
    return CacheUse.in(
        cacheFolder,
        cache -> {
          RefSpec wanted = new RefSpec("+" + Constants.R_HEADS + branch + ":" + FETCHED);
          ShallowFetch fetch = new ShallowFetch(1, "blob:none", wanted, MOST_PUSHED);
          if (remote.fetch(cache.repository(), INTENT, fetch).isEmpty()) {
            throw remote.missing(INTENT, wanted.getSource());
          }
          Snapshot head = new Snapshot(cache.commitAt(FETCHED));
          Map<String, byte[]> files = FileContents.of(remote, cache, head, selection);
          return new TargetBranch(remote, branch, cache, head, files);
        });
  }

  /** The commit that was fetched, and that a push expects the branch to be at. */
  public Revision head() {
    return head.revision();
  }

  /** The head's files that were asked for: contents by path. */
  public Map<String, byte[]> files() {
    return Map.copyOf(files);
  }

  /** What the head has at a path, such as {@code a symbolic link}; empty if nothing. */
  public Optional<String> kindOf(String path) throws JobException {
    try {
      return head.at(cache.repository(), path).map(TreeObject.Entry::kind);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /**
   * The commit that a submodule is pinned to.
   *
   * @throws PermanentException if there is no submodule at the path
   */
  public Revision submodule(String path) throws JobException {
    try {
      return head.gitlink(cache.repository(), path)
          .map(id -> new Revision(id.name()))
          .orElseThrow(
              () ->
                  new PermanentException(
                      "the target has no submodule at `" + path + "` on branch " + branch));
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private RetryableException unreadable(String path, IOException e) {
    cache.blame(e);
    return new RetryableException(
        "could not read " + path + " of " + remote.url() + ": " + FailureText.of(e), e);
  }

  /**
   * Makes a commit on top of the head; nothing else knows of it until it is pushed.
   *
   * @param change what differs from the head
   * @param message subject, body and trailers
   * @param author author and committer
   * @param key signs it, if there is one
   */
  public Revision commit(Change change, String message, Author author, Optional<SigningKey> key)
      throws JobException {
    try {
      return CommitWriter.write(cache.repository(), head.commit(), change, message, author, key);
    } catch (IOException e) {
      cache.blame(e);
      throw new RetryableException(
          "could not write a commit for " + remote.url() + ": " + FailureText.of(e), e);
    }
  }

  /** A commit that {@link #commit} made, to be made once more by a server. */
  public CommitDraft draft(Revision commit, Change change) throws JobException {
    try {
      return CommitDraft.of(cache.repository(), head, read(commit), change);
    } catch (IOException e) {
      throw unreadable("a commit", e);
    }
  }

  /** Pushes a commit to this branch, without force; it must still be at {@link #head()}. */
  public PushResult push(Revision commit) {
    PushResult result = CommitPush.onto(head(), remote, cache.repository(), branch, commit);
    if (result instanceof PushResult.Pushed) {
      keepAsFetched(commit);
    }
    return result;
  }

  /** While nobody else pushes, the next fetch has nothing to fetch. */
  private void keepAsFetched(Revision commit) {
    try {
      ShallowFetch.keep(cache.repository(), FETCHED, ObjectId.fromString(commit.hex()));
    } catch (IOException e) {
      // Then it is fetched.
    }
  }

  /**
   * Pushes a commit to a branch that belongs to this program alone, whatever it is at.
   *
   * @param ownBranch the branch's short name
   * @param before where it was seen last; empty if there was none
   */
  public PushResult pushTo(String ownBranch, Optional<Revision> before, Revision commit) {
    return CommitPush.forced(before, remote, cache.repository(), ownBranch, commit);
  }

  /**
   * The newest commit of a branch that belongs to this program alone.
   *
   * @param ownBranch the branch's short name, with at least one slash
   * @return empty if there is no such branch
   */
  public Optional<CommitObject> own(String ownBranch) throws JobException {
    return OwnCommit.find(remote, cache, ownBranch);
  }

  /** A commit that {@link #commit} made. */
  public CommitObject read(Revision commit) throws JobException {
    try {
      return CommitObject.read(cache.repository(), ObjectId.fromString(commit.hex()));
    } catch (IOException e) {
      throw new RetryableException(
          "could not read the commit " + commit + ": " + FailureText.of(e), e);
    }
  }

  @Override
  public void close() {
    cache.close();
  }

  /**
   * Who commits.
   *
   * @param name as Git shows it
   * @param email the address
   */
  public record Author(String name, String email) {}

  /**
   * What a commit changes; every path must exist.
   *
   * @param files new contents by path
   * @param submodules new commits by path
   */
  public record Change(Map<String, byte[]> files, Map<String, Revision> submodules) {}
}
