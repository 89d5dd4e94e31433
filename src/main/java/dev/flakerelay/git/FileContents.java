package dev.flakerelay.git;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.jgit.lib.NullProgressMonitor;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.RefSpec;
import org.eclipse.jgit.transport.TagOpt;

/**
 * Single files of a commit that was fetched without any: what is missing is asked for by its id.
 */
final class FileContents {
  /** The largest file that is read. */
  private static final int MOST_BYTES = 4 << 20;

  private FileContents() {}

  /**
   * Reads files.
   *
   * @param files their objects by path
   * @return their contents by path
   * @throws PermanentException if one is larger than is sane
   */
  static Map<String, byte[]> of(GitRemote remote, BareRepository cache, Map<String, ObjectId> files)
      throws IOException, JobException {
    try (Repository local = cache.withoutRefs()) {
      List<RefSpec> missing = new ArrayList<>();
      for (ObjectId blob : Set.copyOf(files.values())) {
        if (!local.getObjectDatabase().has(blob)) {
          missing.add(new RefSpec(blob.name()));
        }
      }
      if (!missing.isEmpty()) {
        remote.talk(
            local,
            "fetch files of",
            transport -> {
              transport.setTagOpt(TagOpt.NO_TAGS);
              return transport.fetch(NullProgressMonitor.INSTANCE, missing);
            });
      }
      Map<String, byte[]> contents = new HashMap<>();
      try (ObjectReader reader = local.newObjectReader()) {
        for (Map.Entry<String, ObjectId> file : files.entrySet()) {
          ObjectLoader content = reader.open(file.getValue());
          if (content.getSize() > MOST_BYTES) {
            throw new PermanentException(
                "`" + file.getKey() + "` is larger than " + MOST_BYTES + " bytes: it is not read");
          }
          contents.put(file.getKey(), content.getBytes());
        }
      }
      return contents;
    }
  }
}
