package dev.flakerelay.git;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileRepositoryBuilder;
import org.eclipse.jgit.transport.FetchConnection;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.Transport;

/** Asks a server which commit a branch is at, as {@code git ls-remote} does: nothing is fetched. */
public final class RemoteHead {
  private static final String INTENT = "ask for the head of";

  private RemoteHead() {}

  /**
   * The newest commit of a branch.
   *
   * @param branch a short name; empty for the repository's default branch
   * @throws PermanentException if there is no such branch or repository, or no permission
   * @throws RetryableException if the server could not be reached, or failed
   */
  public static Revision of(GitRemote remote, Optional<String> branch) throws JobException {
    String name = branch.map(text -> Constants.R_HEADS + text).orElse(Constants.HEAD);
    try (Repository nowhere = nowhere()) {
      return remote.talk(
          nowhere,
          INTENT,
          transport ->
              find(transport, name)
                  .orElseThrow(
                      () ->
                          new PermanentException(
                              "could not "
                                  + INTENT
                                  + " "
                                  + remote.url()
                                  + ": there is no "
                                  + name)));
    } catch (IOException e) {
      throw new RetryableException("could not " + INTENT + " " + remote.url() + ": " + e, e);
    }
  }

  private static Optional<Revision> find(Transport transport, String name) throws IOException {
    try (FetchConnection connection = transport.openFetch(List.of(new RefSpec(name)), name)) {
      Ref ref = connection.getRef(name);
      ObjectId id = ref == null ? null : ref.getObjectId();
      return id == null ? Optional.empty() : Optional.of(new Revision(id.name()));
    }
  }

  /** JGit asks nobody without a repository of one's own: this one is on no disk and has nothing. */
  static Repository nowhere() throws IOException {
    return new FileRepositoryBuilder().setGitDir(new File("/nonexistent")).setBare().build();
  }
}
