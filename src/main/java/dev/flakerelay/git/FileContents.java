package dev.flakerelay.git;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.git.cache.BareRepository;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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

  /** The most of all files, each path counted. */
  private static final int MOST_BYTES_IN_ALL = 32 << 20;

  private static final int MOST_FILES = 200;

  private final GitRemote remote;
  private final BareRepository cache;
  private final Snapshot head;
  private final Map<String, byte[]> contents = new HashMap<>();
  private final Map<ObjectId, byte[]> known = new HashMap<>();
  private long bytes;

  private FileContents(GitRemote remote, BareRepository cache, Snapshot head) {
    this.remote = remote;
    this.cache = cache;
    this.head = head;
  }

  /**
   * Reads the files of a selection.
   *
   * @return the contents of those that exist, by path; files that are the same share them
   * @throws PermanentException if they are more, or larger, than is sane
   */
  static Map<String, byte[]> of(
      GitRemote remote, BareRepository cache, Snapshot head, FileSelection selection)
      throws IOException, JobException {
    FileContents files = new FileContents(remote, cache, head);
    Set<String> asked = new HashSet<>();
    Set<String> next = new TreeSet<>(selection.after(Map.of()));
    while (asked.addAll(next)) {
      if (asked.size() > MOST_FILES) {
        throw new PermanentException(
            "the target's flake takes in others of its repository: at most "
                + MOST_FILES
                + " files are read for that");
      }
      files.read(next);
      next = new TreeSet<>(selection.after(files.contents));
      next.removeAll(asked);
    }
    return files.contents;
  }

  private void read(Set<String> paths) throws IOException, JobException {
    Map<String, ObjectId> found = new HashMap<>();
    for (String path : paths) {
      Optional<ObjectId> id = head.file(cache.repository(), path);
      id.ifPresent(blob -> found.put(path, blob));
    }
    try (Repository local = cache.withoutRefs()) {
      fetch(local, Set.copyOf(found.values()));
      try (ObjectReader reader = local.newObjectReader()) {
        for (Map.Entry<String, ObjectId> file : found.entrySet()) {
          byte[] content = content(reader, file.getKey(), file.getValue());
          bytes += content.length;
          if (bytes > MOST_BYTES_IN_ALL) {
            throw new PermanentException(
                "the target's flake and those that it takes in have more than "
                    + MOST_BYTES_IN_ALL
                    + " bytes: they are not read");
          }
          contents.put(file.getKey(), content);
        }
      }
    }
  }

  private void fetch(Repository local, Set<ObjectId> blobs) throws IOException, JobException {
    List<RefSpec> missing = new ArrayList<>();
    for (ObjectId blob : blobs) {
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
  }

  private byte[] content(ObjectReader reader, String path, ObjectId blob)
      throws IOException, PermanentException {
    byte[] content = known.get(blob);
    if (content == null) {
      ObjectLoader loader = reader.open(blob);
      if (loader.getSize() > MOST_BYTES) {
        throw new PermanentException(
            "`" + path + "` is larger than " + MOST_BYTES + " bytes: it is not read");
      }
      content = loader.getBytes();
      known.put(blob, content);
    }
    return content;
  }
}
