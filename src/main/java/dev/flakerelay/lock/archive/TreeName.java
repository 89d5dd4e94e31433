package dev.flakerelay.lock.archive;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * The name of a file or folder: bytes, ordered as those are.
 *
 * @param bytes never changed
 */
// Compared by what is in the array.
@SuppressWarnings("ArrayRecordComponent")
record TreeName(byte[] bytes) implements Comparable<TreeName> {
  /**
   * A name in an archive.
   *
   * @throws ArchiveException if it may mean another place, or Git keeps it for itself
   */
  static TreeName of(byte[] bytes) throws ArchiveException {
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    String folded = text.toLowerCase(Locale.ROOT);
    if (text.isEmpty() || text.equals(".") || text.equals("..") || text.indexOf('\0') >= 0) {
      throw new ArchiveException("the archive has a path with an empty name, `.` or `..` in it");
    }
    if ((folded.startsWith(".git") && !isHarmless(folded)) || folded.startsWith("git~")) {
      throw new ArchiveException("the archive has a name that Git keeps for itself");
    }
    return new TreeName(bytes);
  }

  private static boolean isHarmless(String folded) {
    return folded.matches(
        "\\.git(?:attributes|hub|ignore|keep|lab|lab-ci\\.yml|ea|modules)"
            + "|\\.git-blame-ignore-revs");
  }

  /** A name of ASCII. */
  static TreeName of(String text) {
    return new TreeName(text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public int compareTo(TreeName other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof TreeName(byte[] others) && Arrays.equals(bytes, others);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
