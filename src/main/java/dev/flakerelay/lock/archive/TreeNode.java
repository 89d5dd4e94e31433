package dev.flakerelay.lock.archive;

import java.util.TreeMap;

/** A file, folder or link of a source. */
sealed interface TreeNode {
  /**
   * A file whose contents are in a {@link Spool}.
   *
   * @param start of the contents there
   */
  record SpooledFile(boolean isExecutable, long start, long size) implements TreeNode {}

  /** A folder, ordered by the bytes of the names. */
  record Folder(TreeMap<TreeName, TreeNode> entries) implements TreeNode {
    Folder() {
      this(new TreeMap<>());
    }
  }

  /** A symbolic link, to wherever. */
  // The array is written, never compared.
  @SuppressWarnings("ArrayRecordComponent")
  record Link(byte[] target) implements TreeNode {}
}
