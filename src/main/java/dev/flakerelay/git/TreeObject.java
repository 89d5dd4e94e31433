package dev.flakerelay.git;

import dev.flakerelay.PermanentException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectLoader;
import org.eclipse.jgit.lib.ObjectReader;

/**
 * One folder of a commit, as it stands in the repository: {@code MODE SP NAME NUL ID} for each
 * entry, in any order and with any name. Git writes no {@code ..}, no duplicates and no other order
 * than its own, but it takes them from others.
 *
 * @param bytes the object
 */
// The array is read by this class and copied by TreeEdit.
@SuppressWarnings("ArrayRecordComponent")
public record TreeObject(byte[] bytes) {
  /** Some 400,000 entries. */
  private static final int MOST_BYTES = 16 << 20;

  /** In digits; Git's own modes have six. */
  private static final int LONGEST_MODE = 7;

  /**
   * Reads a tree.
   *
   * @throws PermanentException if it is larger than any sane one
   */
  public static TreeObject read(ObjectReader reader, ObjectId id)
      throws IOException, PermanentException {
    ObjectLoader content = reader.open(id, Constants.OBJ_TREE);
    if (content.getSize() > MOST_BYTES) {
      throw new PermanentException(
          "the folder with the id "
              + id.name()
              + " has more than "
              + (MOST_BYTES >> 20)
              + " MB of entries: it is not read");
    }
    return new TreeObject(content.getBytes());
  }

  /**
   * An entry of a tree.
   *
   * @param mode as {@code git ls-tree} shows it; one that Git does not know is possible
   * @param name its bytes, one character each
   * @param idOffset where its id begins in the tree's bytes
   * @param id the object
   */
  public record Entry(int mode, String name, int idOffset, ObjectId id) {
    private static final int TYPE = 0170000;

    public boolean isFolder() {
      return (mode & TYPE) == 0040000;
    }

    boolean isFile() {
      return (mode & TYPE) == 0100000;
    }

    boolean isSubmodule() {
      return (mode & TYPE) == 0160000;
    }

    /** What it is, for people. */
    String kind() {
      return switch (mode & TYPE) {
        case 0040000 -> "a folder";
        case 0100000 -> "a file";
        case 0120000 -> "a symbolic link";
        case 0160000 -> "a submodule";
        default -> "of the unknown mode " + Integer.toOctalString(mode);
      };
    }
  }

  /**
   * The entry of a name.
   *
   * @throws PermanentException if there are several, or this is no tree
   */
  Optional<Entry> entry(String name) throws PermanentException {
    String wanted = characters(name.getBytes(StandardCharsets.UTF_8));
    List<Entry> found = entries().stream().filter(each -> each.name().equals(wanted)).toList();
    if (found.size() > 1) {
      throw new PermanentException(
          "there are " + found.size() + " entries `" + name + "` in one folder: keep one of them");
    }
    return found.stream().findFirst();
  }

  /**
   * All entries, in their order.
   *
   * @throws PermanentException if this is no tree
   */
  public List<Entry> entries() throws PermanentException {
    List<Entry> entries = new ArrayList<>();
    int at = 0;
    while (at < bytes.length) {
      int space = indexOf(' ', at, Math.min(at + LONGEST_MODE + 1, bytes.length));
      int end = indexOf('\0', space + 1, bytes.length);
      int next = end + 1 + Constants.OBJECT_ID_LENGTH;
      if (next > bytes.length) {
        throw malformed();
      }
      entries.add(
          new Entry(
              mode(at, space),
              characters(Arrays.copyOfRange(bytes, space + 1, end)),
              end + 1,
              ObjectId.fromRaw(bytes, end + 1)));
      at = next;
    }
    return entries;
  }

  private int indexOf(char wanted, int from, int to) throws PermanentException {
    for (int at = from; at < to; at++) {
      if (bytes[at] == wanted) {
        return at;
      }
    }
    throw malformed();
  }

  private int mode(int from, int to) throws PermanentException {
    int mode = 0;
    for (int at = from; at < to; at++) {
      if (bytes[at] < '0' || bytes[at] > '7') {
        throw malformed();
      }
      mode = mode * 8 + bytes[at] - '0';
    }
    return mode;
  }

  private static PermanentException malformed() {
    return new PermanentException(
        "a folder of this commit can't be read, as Git did not write it so: check the repository"
            + " with `git fsck`");
  }

  private static String characters(byte[] name) {
    return new String(name, StandardCharsets.ISO_8859_1);
  }
}
