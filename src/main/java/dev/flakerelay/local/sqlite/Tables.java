package dev.flakerelay.local.sqlite;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** The tables of messages and of deduplication ids. */
final class Tables {
  /** Their form; a file has its own as {@code user_version}. */
  static final int VERSION = 1;

  private Tables() {}

  /** Makes them in a new file. */
  static int create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // box: 0 is the queue, 1 its dead letters. sequence: AUTOINCREMENT never gives a number
      // twice.
      // Times are milliseconds since 1970; a message is hidden while visible_at is in the future.
      // in_hand: 1 from its receipt until it is put back.
      statement.executeUpdate(
          """
          CREATE TABLE message (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            box INTEGER NOT NULL,
            id TEXT NOT NULL,
            group_id TEXT NOT NULL,
            body TEXT NOT NULL,
            sent_at INTEGER NOT NULL,
            visible_at INTEGER NOT NULL,
            in_hand INTEGER NOT NULL,
            receive_count INTEGER NOT NULL,
            receipt TEXT
          )\
          """);
      statement.executeUpdate("CREATE UNIQUE INDEX message_id ON message (id)");
      statement.executeUpdate("CREATE INDEX message_group ON message (box, group_id, sequence)");
      statement.executeUpdate(
          "CREATE INDEX message_visible ON message (box, visible_at, group_id)");
      statement.executeUpdate(
          "CREATE TABLE deduplication (id TEXT PRIMARY KEY, until INTEGER NOT NULL) WITHOUT ROWID");
      statement.executeUpdate("CREATE INDEX deduplication_until ON deduplication (until)");
      return statement.executeUpdate("PRAGMA user_version = " + VERSION);
    }
  }

  /** So that not each look at who waits reads all bodies; added later, and older ones keep it. */
  static int index(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      return statement.executeUpdate(
          "CREATE INDEX IF NOT EXISTS message_route ON message (box, group_id, ("
              + Messages.ROUTE
              + "), sequence, visible_at)");
    }
  }
}
