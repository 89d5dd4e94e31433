package dev.flakerelay.git;

import dev.flakerelay.PermanentException;
import java.io.IOException;
import org.eclipse.jgit.lib.Constants;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectInserter;
import org.eclipse.jgit.lib.ObjectReader;

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
  ObjectId replace(ObjectId tree, String path, ObjectId id) throws IOException, PermanentException {
    int slash = path.indexOf('/');
    String name = slash < 0 ? path : path.substring(0, slash);
    TreeObject folder = TreeObject.read(reader, tree);
    TreeObject.Entry entry =
        folder
            .entry(name)
            .orElseThrow(() -> new PermanentException("there is no `" + name + "` to change"));
    ObjectId replacement = slash < 0 ? id : replace(entry.id(), path.substring(slash + 1), id);
    replacement.copyRawTo(folder.bytes(), entry.idOffset());
    return inserter.insert(Constants.OBJ_TREE, folder.bytes());
  }
}
