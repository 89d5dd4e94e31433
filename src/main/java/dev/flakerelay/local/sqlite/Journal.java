package dev.flakerelay.local.sqlite;

import dev.flakerelay.Revision;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.reconcile.Comparison;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What became of jobs, how many there were of each kind, and what targets lock: one SQLite file,
 * which survives the end of the process. Thread-safe.
 *
 * <p>A queued job is counted once, with its first outcome, also if it is worked on again because
 * the process was killed before the queue could be told.
 */
public final class Journal implements AutoCloseable {
  /** How many outcomes are kept; the totals count the others as well. */
  private static final int KEPT = 10_000;

  private final Database database;

  private Journal(Database database) {
    this.database = database;
  }

  /**
   * The journal in a folder, which is made if it is missing.
   *
   * @throws QueueUnavailableException if it can't be opened
   */
  public static Journal open(Path folder) throws QueueUnavailableException {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new QueueUnavailableException(
          "Tried to make the folder " + folder + " but failed because: " + e.getMessage(), e);
    }
    return new Journal(
        Database.open(Schema.JOURNAL, folder, folder.resolve("native"), Database.MOST_PAGES));
  }

  /**
   * The journal in a folder that a running process owns, to be read.
   *
   * @throws QueueUnavailableException if there is none, or it can't be opened
   */
  public static Journal visit(Path folder) throws QueueUnavailableException {
    if (Files.notExists(folder.resolve(Schema.JOURNAL.file()))) {
      throw new QueueUnavailableException(
          "There is no journal in " + folder + ": name the data folder of `relay serve`");
    }
    return new Journal(
        Database.open(Schema.JOURNAL, folder, folder.resolve("visitor"), Database.MOST_PAGES));
  }

  /**
   * Ends a job, unless it has ended before.
   *
   * @return how it ended before; empty if this is its end
   * @throws QueueUnavailableException if that could not be made durable
   */
  public synchronized Optional<RecordedOutcome> end(Outcome outcome, Instant at)
      throws QueueUnavailableException {
    return transaction(
        "write down an outcome",
        sql -> {
          String key = key(outcome.job());
          Optional<RecordedOutcome> before =
              outcomes(sql, "WHERE job = ?", key).stream().findFirst();
          if (before.isEmpty()) {
            add(sql, key, outcome, at);
          }
          return before;
        });
  }

  /** The same job may be queued again, by another delivery or as another attempt. */
  private static String key(Job job) {
    return String.join(
        " ",
        job.id(),
        Integer.toString(job.attempt()),
        job.request().at().toString(),
        job.request().delivery().orElse(""));
  }

  private static void add(Statements sql, String key, Outcome outcome, Instant at)
      throws SQLException {
    Job job = outcome.job();
    sql.update(
        "INSERT INTO outcome (job, ended_at, told, fields) VALUES (?, ?, 0, ?)",
        key,
        at.toEpochMilli(),
        EventLog.json(outcome.fields()));
    sql.update(
        "DELETE FROM outcome WHERE sequence <= (SELECT max(sequence) FROM outcome) - ?", KEPT);
    sql.update(
        "INSERT INTO total VALUES (?, ?, 1)"
            + " ON CONFLICT (route, outcome) DO UPDATE SET count = count + 1",
        job.route(),
        outcome.kind().key());
    InputState before = input(sql, job).orElse(InputState.unknown(job));
    InputState after = before.after(outcome, at);
    if (!after.equals(before)) {
      put(sql, after);
    }
  }

  /** Everybody has heard of the end of a job. */
  public synchronized void told(Job job) throws QueueUnavailableException {
    transaction(
        "write down an outcome",
        sql -> sql.update("UPDATE outcome SET told = 1 WHERE job = ?", key(job)));
  }

  /** An input was compared with its source. */
  public synchronized void compared(Comparison.Finding finding, Instant at)
      throws QueueUnavailableException {
    transaction(
        "write down a comparison",
        sql -> {
          InputState before = input(sql, finding.job()).orElse(InputState.unknown(finding.job()));
          put(sql, before.after(finding, at));
          return 1;
        });
  }

  /** The newest outcomes, newest first. */
  public synchronized List<RecordedOutcome> newest(int most) throws QueueUnavailableException {
    return transaction(
        "read the journal", sql -> outcomes(sql, "ORDER BY sequence DESC LIMIT ?", most));
  }

  /** How many jobs had which outcome: by route, then by outcome. */
  public synchronized Map<String, Map<String, Long>> totals() throws QueueUnavailableException {
    return transaction(
        "read the journal",
        sql -> {
          Map<String, Map<String, Long>> totals = new LinkedHashMap<>();
          try (PreparedStatement statement = sql.prepare("SELECT * FROM total");
              ResultSet row = statement.executeQuery()) {
            while (row.next()) {
              totals
                  .computeIfAbsent(row.getString(1), _ -> new LinkedHashMap<>())
                  .put(row.getString(2), row.getLong(3));
            }
          }
          return totals;
        });
  }

  /** All inputs that were ever seen. */
  public synchronized List<InputState> inputs() throws QueueUnavailableException {
    return transaction("read the journal", sql -> inputs(sql, ""));
  }

  private static Optional<InputState> input(Statements sql, Job job) throws SQLException {
    return inputs(
            sql,
            "WHERE route = ? AND target = ? AND input = ?",
            job.route(),
            job.target(),
            job.input())
        .stream()
        .findFirst();
  }

  private static List<InputState> inputs(Statements sql, String where, Object... values)
      throws SQLException {
    List<InputState> found = new ArrayList<>();
    try (PreparedStatement statement = sql.prepare("SELECT * FROM input " + where, values);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        long behind = row.getLong(9);
        found.add(
            new InputState(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                Optional.ofNullable(row.getString(4)).map(Revision::new),
                Optional.ofNullable(row.getString(5)).map(Revision::new),
                Optional.ofNullable(row.getString(6)),
                Optional.ofNullable(row.getString(7)),
                Instant.ofEpochMilli(row.getLong(8)),
                behind == 0 ? Optional.empty() : Optional.of(Instant.ofEpochMilli(behind))));
      }
    }
    return found;
  }

  private static void put(Statements sql, InputState state) throws SQLException {
    sql.update(
        "INSERT OR REPLACE INTO input VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        state.route(),
        state.target(),
        state.input(),
        state.locked().map(Revision::hex).orElse(null),
        state.head().map(Revision::hex).orElse(null),
        state.source().orElse(null),
        state.problem().orElse(null),
        state.seen().toEpochMilli(),
        state.behindSince().map(Instant::toEpochMilli).orElse(null));
  }

  private static List<RecordedOutcome> outcomes(Statements sql, String where, Object... values)
      throws SQLException {
    List<RecordedOutcome> found = new ArrayList<>();
    try (PreparedStatement statement =
            sql.prepare("SELECT ended_at, told, fields FROM outcome " + where, values);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        found.add(
            RecordedOutcome.read(
                Instant.ofEpochMilli(row.getLong(1)), row.getInt(2) == 1, row.getString(3)));
      }
    }
    return found;
  }

  private interface Use<T> {
    T of(Statements sql) throws SQLException;
  }

  private <T> T transaction(String what, Use<T> use) throws QueueUnavailableException {
    return database.transaction(what, connection -> use.of(new Statements(connection)));
  }

  @Override
  public synchronized void close() {
    database.close();
  }
}
