package dev.flakerelay.local.sqlite;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

/** The tables of the journal. */
final class JournalTables {
  static final int VERSION = 1;

  private JournalTables() {}

  /** Makes them in a new file. */
  static int create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // job: one queued job; the same key never ends twice. Times are milliseconds since 1970.
      // told: 1 once everybody has heard of it. fields: those of the log line, JSON.
      statement.executeUpdate(
          """
          CREATE TABLE outcome (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            job TEXT NOT NULL UNIQUE,
            ended_at INTEGER NOT NULL,
            told INTEGER NOT NULL,
            fields TEXT NOT NULL
          )\
          """);
      // Goes on counting when old outcomes are forgotten.
      statement.executeUpdate(
          """
          CREATE TABLE total (
            route TEXT NOT NULL,
            outcome TEXT NOT NULL,
            count INTEGER NOT NULL,
            PRIMARY KEY (route, outcome)
          ) WITHOUT ROWID\
          """);
      // What an input of a target locks, and its source's head, as they were last seen.
      statement.executeUpdate(
          """
          CREATE TABLE input (
            route TEXT NOT NULL,
            target TEXT NOT NULL,
            input TEXT NOT NULL,
            locked TEXT,
            head TEXT,
            source TEXT,
            problem TEXT,
            seen_at INTEGER NOT NULL,
            behind_since INTEGER,
            PRIMARY KEY (route, target, input)
          ) WITHOUT ROWID\
          """);
      return statement.executeUpdate("PRAGMA user_version = " + VERSION);
    }
  }
}
