package dev.flakerelay.git;

import dev.flakerelay.JobException;
import dev.flakerelay.NotThereException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.VisibleText;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.Ref;
import org.eclipse.jgit.lib.Repository;
import org.jspecify.annotations.Nullable;

/**
 * Asks a server what tags lead to, as {@code git ls-remote --tags} does. An annotated tag is an
 * object of its own: the server names the commit behind it as well ("peeled").
 */
public final class RemoteTags {
  private RemoteTags() {}

  /**
   * The commit of a tag.
   *
   * @param tag its name, without {@code refs/tags/}
   * @throws NotThereException if there is no such tag
   * @throws PermanentException if there is no such repository, or no permission
   * @throws RetryableException if the server could not be reached, or failed
   */
  public static Revision commit(GitRemote remote, String tag) throws JobException {
    if (!Repository.isValidRefName(Constants.R_TAGS + tag)) {
      throw new PermanentException(
          "`" + VisibleText.word(tag) + "` is no name that Git takes for a tag");
    }
    return RemoteHead.ask(remote, Constants.R_TAGS + tag)
        .flatMap(RemoteTags::commit)
        .orElseThrow(
            () ->
                new NotThereException(
                    "could not find the tag `" + tag + "` of " + remote.url() + ": push it"));
  }

  /**
   * The commit behind an annotated tag's own object.
   *
   * @return empty if no tag of the server is that object
   * @throws JobException if the server could not be asked
   */
  public static Optional<Revision> commitBehind(GitRemote remote, Revision object)
      throws JobException {
    return RemoteHead.list(remote, "read the tags of", Constants.R_TAGS).stream()
        .filter(ref -> ref.getPeeledObjectId() != null)
        .filter(ref -> id(ref.getObjectId()).equals(Optional.of(object)))
        .findFirst()
        .flatMap(RemoteTags::commit);
  }

  private static Optional<Revision> commit(Ref tag) {
    return id(tag.getPeeledObjectId()).or(() -> id(tag.getObjectId()));
  }

  private static Optional<Revision> id(@Nullable ObjectId id) {
    return Optional.ofNullable(id).map(known -> new Revision(known.name()));
  }
}
