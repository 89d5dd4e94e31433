package dev.flakerelay.local.sqlite;

import dev.flakerelay.queue.Job;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;

/**
 * Remembers which signed body asked for which job, against deliveries that somebody has recorded
 * and sends again. The body is what is signed; a delivery's id is not, and could be made up anew.
 *
 * <p>A body may ask for the same job again only if that job was rejected or has failed, and only as
 * long as nothing else was queued for the same input of the same target since.
 *
 * @param sql where the transaction is open
 */
record TakenBodies(Statements sql) {
  /** Some 30 MB; the oldest are forgotten first. */
  private static final int MOST = 100_000;

  /** Makes the table if it is missing. */
  static int create(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      // body: the SHA-256 of a signed body; empty for a job that no delivery asked for.
      // subject: the input of the target. open: 1 once the job was rejected or has failed.
      statement.executeUpdate(
          """
          CREATE TABLE IF NOT EXISTS taken (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            body TEXT,
            job TEXT NOT NULL,
            subject TEXT NOT NULL,
            taken_at INTEGER NOT NULL,
            open INTEGER NOT NULL
          )\
          """);
      statement.executeUpdate("CREATE INDEX IF NOT EXISTS taken_body ON taken (body)");
      statement.executeUpdate("CREATE INDEX IF NOT EXISTS taken_job ON taken (job)");
      return statement.executeUpdate(
          "CREATE INDEX IF NOT EXISTS taken_subject ON taken (subject, sequence)");
    }
  }

  /** Whether the job is not asked for by a repetition. */
  boolean mayAskFor(Job job, String body) throws SQLException {
    return sql.number(
            """
            SELECT 1 FROM taken AS mine WHERE mine.body = ? AND (
              (mine.job = ? AND mine.open = 0)
              OR EXISTS (SELECT 1 FROM taken AS later
                WHERE later.subject = ? AND later.sequence > mine.sequence AND later.job <> ?))
            LIMIT 1\
            """,
            body,
            job.id(),
            job.subject(),
            job.id())
        .isEmpty();
  }

  /** Remembers a job that is queued now. */
  void add(Job job, Optional<String> body, long now) throws SQLException {
    sql.update("DELETE FROM taken WHERE body = ? AND job = ?", body.orElse(""), job.id());
    sql.update(
        "INSERT INTO taken (body, job, subject, taken_at, open) VALUES (?, ?, ?, ?, 0)",
        body.orElse(""),
        job.id(),
        job.subject(),
        now);
    sql.update("DELETE FROM taken WHERE sequence <= (SELECT max(sequence) FROM taken) - ?", MOST);
  }

  /** The job was rejected or has failed: who sent it may correct the cause and send it again. */
  void reopen(Job job) throws SQLException {
    sql.update("UPDATE taken SET open = 1 WHERE job = ?", job.id());
  }

  /** Forgets the oldest that were taken before a moment, a few at a time. */
  void forgetBefore(long moment) throws SQLException {
    sql.update(
        "DELETE FROM taken WHERE taken_at <= ? AND sequence IN"
            + " (SELECT sequence FROM taken ORDER BY sequence LIMIT 100)",
        moment);
  }
}
