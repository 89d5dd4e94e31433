package dev.flakerelay.local.sqlite;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Tells whether the files that a database has open are still those at their paths: who deletes,
 * moves, replaces or truncates them takes away what was promised to be durable, and SQLite does not
 * notice ("How To Corrupt An SQLite Database File", SQLite documentation).
 */
final class FileIdentity {
  private record Known(Path path, Object device, Object inode, long size) {}

  private final List<Known> files = new ArrayList<>();

  /** Remembers the files as they are now. */
  FileIdentity(List<Path> paths) throws IOException {
    for (Path path : paths) {
      files.add(known(path));
    }
  }

  private static Known known(Path path) throws IOException {
    Map<String, Object> attributes =
        Files.readAttributes(path, "unix:dev,ino,size", LinkOption.NOFOLLOW_LINKS);
    return new Known(
        path,
        attributes.getOrDefault("dev", ""),
        attributes.getOrDefault("ino", ""),
        ((Number) attributes.getOrDefault("size", 0L)).longValue());
  }

  /** What is wrong with them, in a few words; SQLite never makes them smaller. */
  synchronized Optional<String> trouble() {
    for (int i = 0; i < files.size(); i++) {
      Known before = files.get(i);
      try {
        Known now = known(before.path());
        if (!now.device().equals(before.device()) || !now.inode().equals(before.inode())) {
          return Optional.of(before.path() + " was replaced by another file");
        }
        if (now.size() < before.size()) {
          return Optional.of(before.path() + " was truncated");
        }
        files.set(i, now);
      } catch (IOException e) {
        return Optional.of(before.path() + " was moved or deleted, or its file system is gone");
      }
    }
    return Optional.empty();
  }
}
