package dev.flakerelay.git;

import java.io.IOException;
import org.eclipse.jgit.errors.CorruptObjectException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;
import org.eclipse.jgit.treewalk.CanonicalTreeParser;

/**
 * Replaces the id of one entry of a tree, and of the trees above it. Everything else is copied byte
 * for byte: other entries keep their names, modes and order, also those that Git itself would write
 * differently today.
 */
final class TreeEdit {
  private final ObjectReader reader;
  private final ObjectInserter inserter;

  TreeEdit(ObjectReader reader, ObjectInserter inserter) {
    this.reader = reader;
    this.inserter = inserter;
  }

  /**
   * The id of a tree like {@code tree}, in which the existing entry at {@code path} has the given
   * id.
   */
  ObjectId replace(ObjectId tree, String path, ObjectId id) throws IOException {
    int slash = path.indexOf('/');
    String name = slash < 0 ? path : path.substring(0, slash);
    byte[] bytes = reader.open(tree, Constants.OBJ_TREE).getBytes();
    CanonicalTreeParser entries = new CanonicalTreeParser();
    for (entries.reset(bytes); !entries.eof(); entries.next(1)) {
      if (entries.getEntryPathString().equals(name)) {
        ObjectId replacement =
            slash < 0 ? id : replace(entries.getEntryObjectId(), path.substring(slash + 1), id);
        replacement.copyRawTo(bytes, entries.idOffset());
        return inserter.insert(Constants.OBJ_TREE, bytes);
      }
    }
    throw new CorruptObjectException(tree, "has no entry " + name);
  }
}
