package dev.flakerelay.local.sqlite;

import dev.flakerelay.log.Waiting;
import dev.flakerelay.process.PrivateFiles;
import dev.flakerelay.queue.QueueUnavailableException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConfig;

/**
 * One SQLite file and this process's one connection to it. Not thread-safe: who uses it holds a
 * lock.
 *
 * <p>{@code journal_mode=WAL}: a commit is one append to the file's {@code -wal}. {@code
 * synchronous=FULL}: each commit waits until the disk has that append; with WAL's usual {@code
 * NORMAL} a commit survives {@code kill -9} but not a power cut ("PRAGMA synchronous", SQLite
 * documentation).
 */
final class Database implements AutoCloseable {
  /** How far the file may grow, in pages of 4 KB: that is 8 TB. */
  static final int MOST_PAGES = Integer.MAX_VALUE;

  /** What is done within one transaction. */
  @FunctionalInterface
  interface Work<T> {
    /** Does it; all or nothing of it becomes durable. */
    T on(Connection connection) throws SQLException;
  }

  private final Schema schema;
  private final Path file;
  private final Connection connection;
  private @Nullable FileIdentity identity;

  private Database(Schema schema, Path file, Connection connection) {
    this.schema = schema;
    this.file = file;
    this.connection = connection;
  }

  /**
   * Opens a file in a folder, and makes it if it is missing.
   *
   * @param schema which
   * @param unpackTo where SQLite's native library is unpacked for a moment
   * @param pages how far the file may grow, at most {@link #MOST_PAGES}
   * @throws QueueUnavailableException if it can't be opened, is damaged, or was made by a newer
   *     flake-relay
   */
  static Database open(Schema schema, Path folder, Path unpackTo, int pages)
      throws QueueUnavailableException {
    Path file = folder.resolve(schema.file());
    try {
      NativeLibrary.load(unpackTo);
      // SQLite gives its companions the same mode.
      for (Path each : files(file)) {
        if (each.equals(file) || Files.exists(each, LinkOption.NOFOLLOW_LINKS)) {
          PrivateFiles.file(each);
        }
      }
      Database database = new Database(schema, file, connect(file, pages));
      try {
        database.prepare();
        database.identity = new FileIdentity(files(file));
        return database;
      } catch (SQLException | QueueUnavailableException | RuntimeException e) {
        database.close();
        throw e;
      }
    } catch (SQLException | IOException e) {
      throw new QueueUnavailableException(
          "Tried to open "
              + schema.name()
              + " in "
              + file
              + " but failed because: "
              + e.getMessage()
              + ". If the file is damaged, move it away: a new one is made, and "
              + schema.loss(),
          e);
    }
  }

  private static List<Path> files(Path file) {
    return List.of(
        file,
        file.resolveSibling(file.getFileName() + "-wal"),
        file.resolveSibling(file.getFileName() + "-shm"));
  }

  /**
   * Looks whether what is committed here is still where the next opening finds it.
   *
   * @throws QueueUnavailableException if it is not
   */
  void requireInPlace() throws QueueUnavailableException {
    Optional<String> trouble = identity == null ? Optional.empty() : identity.trouble();
    if (trouble.isPresent()) {
      throw new QueueUnavailableException(
          trouble.get()
              + " while flake-relay runs: put back the files that were there, or restart"
              + " flake-relay, which begins with what it finds there");
    }
  }

  private static Connection connect(Path file, int pages) throws SQLException {
    SQLiteConfig config = new SQLiteConfig();
    config.setJournalMode(SQLiteConfig.JournalMode.WAL);
    config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
    config.setMaxPageCount(pages);
    return config.createConnection("jdbc:sqlite:" + file);
  }

  private void prepare() throws SQLException, QueueUnavailableException {
    String health = text("PRAGMA quick_check(1)");
    if (!health.equals("ok")) {
      throw new SQLException("the file is damaged: " + health);
    }
    int version = Integer.parseInt(text("PRAGMA user_version"));
    if (version > schema.version()) {
      throw new QueueUnavailableException(
          file + " was made by a newer flake-relay: use that one, or another data folder");
    }
    if (version == 0) {
      transaction("make the tables", schema.create());
    }
    for (Work<Integer> addition : schema.additions()) {
      transaction("make what is missing", addition);
    }
  }

  private String text(String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      return rows.getString(1);
    }
  }

  /**
   * Does something as a whole or not at all.
   *
   * @param what for the sentence "Tried to … but failed because: …"
   * @throws QueueUnavailableException if it could not be made durable, for example on a full disk
   */
  <T> T transaction(String what, Work<T> work) throws QueueUnavailableException {
    // Not by the driver's own transactions: after a full disk, where SQLite rolls back by itself,
    // its connection would be of no more use.
    boolean committed = false;
    try {
      // IMMEDIATE waits for another process's turn to write. A transaction that begins by reading
      // would fail at its first write instead, if the other one wrote in between.
      try (Waiting _ = Waiting.on(schema.name() + " in " + file.getParent())) {
        execute("BEGIN IMMEDIATE");
      }
      T result = work.on(connection);
      execute("COMMIT");
      committed = true;
      return result;
    } catch (SQLException e) {
      throw new QueueUnavailableException(
          "Tried to " + what + " in " + file + " but failed because: " + e.getMessage(), e);
    } finally {
      if (!committed) {
        rollback();
      }
    }
  }

  private void rollback() {
    try {
      execute("ROLLBACK");
    } catch (SQLException e) {
      // SQLite may have done that by itself ("Response To Errors Within A Transaction", SQLite
      // documentation); then there is nothing left to roll back.
    }
  }

  private void execute(String command) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(command);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      // Every commit is durable already; what is left of the -wal file is read at the next opening.
    }
  }
}
