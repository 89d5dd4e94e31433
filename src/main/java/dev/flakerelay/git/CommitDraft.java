package dev.flakerelay.git;

import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.eclipse.jgit.lib.Repository;

/**
 * A commit for a server to make by itself.
 *
 * @param parent what it is made on
 * @param parentTree the id of the parent's files, all together
 * @param tree the id of its own files, all together
 * @param message subject, body and trailers
 * @param entries where the two trees differ
 */
public record CommitDraft(
    Revision parent, Revision parentTree, Revision tree, String message, List<Entry> entries) {

  /** What stands at a path. */
  public sealed interface Entry {
    /** From the repository's root. */
    String path();
  }

  /**
   * A file.
   *
   * @param mode as Git writes it: {@code 100644} or {@code 100755}
   * @param content all of it
   */
  // The array is read, never compared.
  @SuppressWarnings("ArrayRecordComponent")
  public record File(String path, String mode, byte[] content) implements Entry {}

  /**
   * A submodule.
   *
   * @param commit what it is pinned to
   */
  public record Submodule(String path, Revision commit) implements Entry {}

  static CommitDraft of(
      Repository repository, Snapshot head, CommitObject made, TargetBranch.Change change)
      throws IOException, PermanentException {
    List<Entry> entries = new ArrayList<>();
    for (Map.Entry<String, byte[]> file : change.files().entrySet()) {
      TreeObject.Entry before =
          head.at(repository, file.getKey())
              .orElseThrow(
                  () -> new PermanentException("there is no `" + file.getKey() + "` to change"));
      entries.add(new File(file.getKey(), Integer.toOctalString(before.mode()), file.getValue()));
    }
    change.submodules().forEach((path, commit) -> entries.add(new Submodule(path, commit)));
    return new CommitDraft(
        head.revision(),
        new Revision(head.commit().getTree().name()),
        made.tree(),
        made.message(),
        entries);
  }
}
