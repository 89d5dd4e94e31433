package dev.flakerelay.git;

import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.eclipse.jgit.lib.ObjectId;
import org.eclipse.jgit.lib.ObjectReader;
import org.jspecify.annotations.Nullable;

/**
 * The paths in which two trees differ. A few small trees may have a billion paths, as each may be
 * in another one many times: what is alike is looked at once, and what differs up to a limit.
 */
final class TreeDifferences {
  private static final int MOST_PATHS = 1_000;
  private static final int MOST_ENTRIES = 2_000_000;

  /** Git's own limit ("core.maxTreeDepth" in git-config's manual). */
  private static final int MOST_DEPTH = 2_048;

  private final ObjectReader reader;
  private final List<RecordedCommit.Difference> found = new ArrayList<>();
  private final Set<List<Optional<ObjectId>>> alike = new HashSet<>();
  private int entries;

  private TreeDifferences(ObjectReader reader) {
    this.reader = reader;
  }

  /**
   * Compares trees.
   *
   * @param before nothing, for a commit without a parent
   * @throws PermanentException if there is more than can be looked at, as in {@code it touches …}
   */
  static List<RecordedCommit.Difference> between(
      ObjectReader reader, Optional<ObjectId> before, ObjectId after)
      throws IOException, PermanentException {
    TreeDifferences differences = new TreeDifferences(reader);
    differences.compare("", 0, before, Optional.of(after));
    return differences.found;
  }

  private void compare(
      String folder, int depth, Optional<ObjectId> before, Optional<ObjectId> after)
      throws IOException, PermanentException {
    List<Optional<ObjectId>> pair = List.of(before, after);
    if (before.equals(after) || alike.contains(pair)) {
      return;
    }
    if (depth > MOST_DEPTH) {
      throw new PermanentException("it touches folders more than " + MOST_DEPTH + " deep");
    }
    int known = found.size();
    Map<String, TreeObject.Entry> old = byName(before);
    Map<String, TreeObject.Entry> made = byName(after);
    Set<String> names = new TreeSet<>(old.keySet());
    names.addAll(made.keySet());
    for (String name : names) {
      compare(folder + path(name), depth, old.get(name), made.get(name));
    }
    if (found.size() == known) {
      alike.add(pair);
    }
  }

  /** The second entry of one name has another key. */
  private Map<String, TreeObject.Entry> byName(Optional<ObjectId> tree)
      throws IOException, PermanentException {
    Map<String, TreeObject.Entry> byName = new HashMap<>();
    if (tree.isPresent()) {
      for (TreeObject.Entry entry : TreeObject.read(reader, tree.get()).entries()) {
        String key = entry.name() + '\0';
        while (byName.putIfAbsent(key, entry) != null) {
          key += '\0';
        }
      }
    }
    entries += byName.size();
    if (entries > MOST_ENTRIES) {
      throw new PermanentException("it touches more than can be compared");
    }
    return byName;
  }

  private static String path(String key) {
    byte[] name = key.substring(0, key.indexOf('\0')).getBytes(StandardCharsets.ISO_8859_1);
    return new String(name, StandardCharsets.UTF_8);
  }

  private void compare(
      String path, int depth, TreeObject.@Nullable Entry before, TreeObject.@Nullable Entry after)
      throws IOException, PermanentException {
    Optional<ObjectId> folderBefore = folder(before);
    Optional<ObjectId> folderAfter = folder(after);
    compare(path + "/", depth + 1, folderBefore, folderAfter);
    boolean same =
        folderBefore.isPresent() == folderAfter.isPresent() && mode(before) == mode(after);
    boolean folders = folderBefore.isPresent() || folderAfter.isPresent();
    if (same && (folders || id(before).equals(id(after)))) {
      return;
    }
    if (!folders || (before != null && after != null)) {
      found.add(
          new RecordedCommit.Difference(path, mode(before), mode(after), id(before), id(after)));
      if (found.size() > MOST_PATHS) {
        throw new PermanentException("it touches more than " + MOST_PATHS + " paths");
      }
    }
  }

  private static Optional<ObjectId> folder(TreeObject.@Nullable Entry entry) {
    return entry != null && entry.isFolder() ? Optional.of(entry.id()) : Optional.empty();
  }

  private static int mode(TreeObject.@Nullable Entry entry) {
    return entry == null ? 0 : entry.mode();
  }

  private static Optional<Revision> id(TreeObject.@Nullable Entry entry) {
    return entry == null ? Optional.empty() : Optional.of(new Revision(entry.id().name()));
  }
}
