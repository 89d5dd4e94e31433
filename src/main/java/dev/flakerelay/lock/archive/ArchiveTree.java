package dev.flakerelay.lock.archive;

import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * A forge's archive of one commit, read once: its files in a {@link Spool}, everything else in
 * memory. The one folder that a forge puts all into does not count.
 */
final class ArchiveTree implements AutoCloseable {
  /** Of an archive with more, the index would take too much memory. */
  private static final int MOST_ENTRIES = 200_000;

  private static final int MOST_BYTES_OF_NAMES = 32 << 20;

  private final Spool spool;
  private final TreeNode.Folder root = new TreeNode.Folder();
  private @Nullable TreeName top;
  private long lastModified;
  private Optional<String> commit = Optional.empty();

  private ArchiveTree(Spool spool) {
    this.spool = spool;
  }

  /**
   * Reads an archive to its end.
   *
   * @param gzipped a {@code .tar.gz}
   * @param work where the spool is made
   * @param mostBytes of all files
   * @throws ArchiveException if it is not as git makes them
   */
  static ArchiveTree read(
      InputStream gzipped, Path work, long mostBytes, Deadline.Computation computation)
      throws IOException, JobException {
    ArchiveTree tree = new ArchiveTree(Spool.in(work));
    try {
      InputStream tar = new GZIPInputStream(gzipped, 64 * 1024);
      tree.fill(new TarReader(new BufferedInputStream(tar, 64 * 1024)), mostBytes, computation);
      return tree;
    } catch (IOException | JobException | RuntimeException | Error e) {
      tree.close();
      throw e;
    }
  }

  private void fill(TarReader tar, long mostBytes, Deadline.Computation computation)
      throws IOException, JobException {
    byte[] buffer = new byte[64 * 1024];
    int entries = 0;
    long names = 0;
    for (Optional<TarReader.Entry> next = tar.next(); next.isPresent(); next = tar.next()) {
      TarReader.Entry entry = next.get();
      names += entry.path().length + entry.target().length;
      if (++entries > MOST_ENTRIES || names > MOST_BYTES_OF_NAMES) {
        throw new ArchiveException("the archive has more than " + MOST_ENTRIES + " files");
      }
      if (entry.size() > mostBytes - spool.length()) {
        throw new ArchiveException("the archive has more than " + mostBytes + " bytes");
      }
      lastModified = Math.max(lastModified, entry.time());
      place(entry);
      for (int count = tar.read(buffer); count >= 0; count = tar.read(buffer)) {
        computation.check();
        spool.append(buffer, count);
      }
    }
    if (top == null) {
      throw new ArchiveException("the archive is empty");
    }
    commit = tar.commit();
    spool.flush();
  }

  private void place(TarReader.Entry entry) throws ArchiveException {
    TreeNode node =
        switch (entry.kind()) {
          case FILE -> new TreeNode.SpooledFile(entry.isExecutable(), spool.length(), entry.size());
          case LINK -> new TreeNode.Link(entry.target());
          case FOLDER -> new TreeNode.Folder();
        };
    byte[] path = entry.path();
    TreeNode.@Nullable Folder folder = null;
    int start = 0;
    for (int i = 0; i <= path.length; i++) {
      if (i == path.length || path[i] == '/') {
        TreeName name = TreeName.of(Arrays.copyOfRange(path, start, i));
        boolean isLast = i == path.length;
        if (folder == null) {
          folder = top(name, isLast, node);
        } else if (isLast) {
          put(folder, name, node);
        } else {
          folder = below(folder, name);
        }
        start = i + 1;
      }
    }
  }

  private TreeNode.Folder top(TreeName name, boolean isLast, TreeNode node)
      throws ArchiveException {
    boolean isFirst = top == null;
    if (isFirst ? !isLast : !name.equals(top) || isLast) {
      throw new ArchiveException("the archive has not everything in one folder");
    }
    if (isFirst && !(node instanceof TreeNode.Folder)) {
      throw new ArchiveException("the archive is of one file");
    }
    top = name;
    return root;
  }

  private static TreeNode.Folder below(TreeNode.Folder folder, TreeName name)
      throws ArchiveException {
    if (folder.entries().get(name) instanceof TreeNode.Folder next) {
      return next;
    }
    throw new ArchiveException("the archive has a file before the folder that it is in");
  }

  private static void put(TreeNode.Folder folder, TreeName name, TreeNode node)
      throws ArchiveException {
    if (folder.entries().put(name, node) != null) {
      throw new ArchiveException("the archive has the same path twice");
    }
  }

  /** The commit that it says it is of; empty if it does not say so. */
  Optional<String> commit() {
    return commit;
  }

  /** The newest time of any entry, in seconds since 1970: the commit's. */
  long lastModified() {
    return lastModified;
  }

  /** The hash that nix locks it by. */
  String narHash() throws IOException {
    return NarHash.of(root, spool);
  }

  /**
   * A file's contents.
   *
   * @param path relative to the commit's root
   * @return empty if there is no such path
   * @throws ArchiveException if it is no file, leads through a link, or is larger than {@code most}
   */
  Optional<byte[]> file(Path path, int most) throws IOException {
    TreeNode node = root;
    for (Path name : path.normalize()) {
      if (!(node instanceof TreeNode.Folder(var entries))) {
        throw new ArchiveException(path + " leads through what is no folder");
      }
      TreeNode next = entries.get(TreeName.of(name.toString()));
      if (next == null) {
        return Optional.empty();
      }
      node = next;
    }
    if (!(node instanceof TreeNode.SpooledFile(boolean _, long start, long size)) || size > most) {
      throw new ArchiveException(path + " is no file, or a large one");
    }
    ByteArrayOutputStream contents = new ByteArrayOutputStream((int) size);
    spool.read(
        start,
        size,
        bytes -> {
          byte[] piece = new byte[bytes.remaining()];
          bytes.get(piece);
          contents.write(piece);
        });
    return Optional.of(contents.toByteArray());
  }

  @Override
  public void close() {
    spool.close();
  }
}
