package dev.flakerelay.local.sqlite;

import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.QueueContents;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;

/**
 * The statements that make a table a FIFO queue, within one transaction at one moment.
 *
 * @param sql where the transaction is open
 * @param now the moment, milliseconds since 1970
 */
record Messages(Statements sql, long now) {
  /** A job's route; null for what is no job. */
  static final String ROUTE = "CASE WHEN json_valid(body) THEN json_extract(body, '$.route') END";

  /** More than a page, so that the file has to grow or to have room. */
  private static final int PROBE_LENGTH = 5_000;

  /** How many messages of one group and route are looked at: two batches. */
  private static final int SEEN = 20;

  /** Whether this deduplication id is new; it is remembered until {@code until}. */
  boolean remember(String deduplicationId, long until) throws SQLException {
    sql.update("DELETE FROM deduplication WHERE until <= ?", now);
    return sql.update("INSERT OR IGNORE INTO deduplication VALUES (?, ?)", deduplicationId, until)
        > 0;
  }

  /** Remembers a deduplication id no more; whether it was remembered. */
  boolean forget(String deduplicationId) throws SQLException {
    return sql.update("DELETE FROM deduplication WHERE id = ?", deduplicationId) > 0;
  }

  /** Appends a message. */
  void append(Box box, String id, String group, String body) throws SQLException {
    sql.update(
        "INSERT INTO message (box, id, group_id, body, sent_at, visible_at, in_hand, receive_count)"
            + " VALUES (?, ?, ?, ?, ?, 0, 0, 0)",
        box.number(),
        id,
        group,
        body,
        now);
  }

  /**
   * What could be received, the oldest first: a message in hand blocks its group, one that waits
   * for a retry only what has the same route. Of a group's messages that have the same route only
   * the first, so that no number of them hides others.
   */
  List<Message> waiting() throws SQLException {
    return select(
        """
        WHERE sequence IN (
          WITH hidden AS MATERIALIZED (
            SELECT group_id, in_hand, %1$s AS route FROM message WHERE box = 0 AND visible_at > ?)
          SELECT sequence FROM (
            SELECT sequence, row_number() OVER (
              PARTITION BY group_id, %1$s ORDER BY sequence) AS place
            FROM message WHERE box = 0 AND NOT EXISTS (
              SELECT 1 FROM hidden WHERE hidden.group_id = message.group_id
                AND (hidden.in_hand = 1 OR hidden.route IS %1$s)))
          WHERE place <= ?)
        ORDER BY sequence\
        """
            .formatted(ROUTE),
        now,
        SEEN);
  }

  /** All that is in the queue. */
  List<Message> unfinished() throws SQLException {
    return select("WHERE box = 0 ORDER BY sequence");
  }

  /** Whether messages of other routes wait in a message's group. */
  boolean othersWaitBehind(Message message) throws SQLException {
    return sql.number(
            """
            SELECT 1 FROM message WHERE box = 0 AND group_id = ? AND in_hand = 0 AND %1$s IS NOT
              (SELECT %1$s FROM message WHERE id = ?) LIMIT 1\
            """
                .formatted(ROUTE),
            message.group(),
            message.id())
        .isPresent();
  }

  /** Makes a message a dead letter. */
  void bury(Message message) throws SQLException {
    sql.update("DELETE FROM message WHERE id = ?", message.id());
    append(Box.DEAD_LETTERS, message.id(), message.group(), message.body());
  }

  /** Hides a message that is received now. */
  void hide(Message message, long until) throws SQLException {
    sql.update(
        "UPDATE message SET visible_at = ?, in_hand = 1, receive_count = ?, receipt = ?"
            + " WHERE id = ?",
        until,
        message.receiveCount(),
        message.receipt(),
        message.id());
  }

  /** Up to {@code max} dead letters that could be received, in the order of their death. */
  List<Message> dead(int max) throws SQLException {
    return select("WHERE box = 1 AND visible_at <= ? ORDER BY sequence LIMIT ?", now, max);
  }

  /** Deletes the dead letters that came in before a moment. */
  void forgetDead(long before) throws SQLException {
    sql.update("DELETE FROM message WHERE box = 1 AND sent_at <= ?", before);
  }

  private List<Message> select(String where, Object... values) throws SQLException {
    return entries(where, values).stream().map(QueueContents.Entry::message).toList();
  }

  private List<QueueContents.Entry> entries(String where, Object... values) throws SQLException {
    List<QueueContents.Entry> found = new ArrayList<>();
    try (PreparedStatement statement =
            sql.prepare(
                "SELECT id, body, group_id, receive_count + 1, sent_at, in_hand, visible_at"
                    + " FROM message "
                    + where,
                values);
        ResultSet row = statement.executeQuery()) {
      while (row.next()) {
        Message message =
            new Message(
                row.getString(1),
                row.getString(2),
                row.getString(3),
                row.getInt(4),
                Instant.ofEpochMilli(row.getLong(5)),
                UUID.randomUUID().toString());
        found.add(entry(message, row.getInt(6) == 1, row.getLong(7)));
      }
    }
    return found;
  }

  private QueueContents.Entry entry(Message message, boolean inHand, long visibleAt) {
    if (visibleAt <= now) {
      return new QueueContents.Entry(message, QueueContents.Stage.WAITING, Optional.empty());
    }
    return inHand
        ? new QueueContents.Entry(message, QueueContents.Stage.IN_HAND, Optional.empty())
        : new QueueContents.Entry(
            message, QueueContents.Stage.RETRY, Optional.of(Instant.ofEpochMilli(visibleAt)));
  }

  /** What is in a queue. */
  QueueContents contents(Box box, int most) throws SQLException {
    OptionalLong oldest =
        sql.number("SELECT min(sent_at) FROM message WHERE box = ?", box.number());
    return new QueueContents(
        sql.number("SELECT count(*) FROM message WHERE box = ?", box.number()).orElse(0),
        oldest.isEmpty() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(oldest.getAsLong())),
        entries("WHERE box = ? ORDER BY sequence LIMIT ?", box.number(), most));
  }

  /** Writes as much as a job, into no queue, and deletes it. */
  int probe() throws SQLException {
    String id = UUID.randomUUID().toString();
    append(Box.PROBE, id, "", "x".repeat(PROBE_LENGTH));
    return sql.update("DELETE FROM message WHERE id = ?", id);
  }

  /**
   * Makes visible what a receiver took that is no more.
   *
   * @return what was received {@code limit} times by then: dead letters now
   */
  List<Message> release(int limit) throws SQLException {
    List<Message> died = select("WHERE box = 0 AND in_hand = 1 AND receive_count >= ?", limit);
    for (Message message : died) {
      bury(message);
    }
    sql.update("UPDATE message SET visible_at = 0, in_hand = 0 WHERE in_hand = 1");
    return died;
  }

  /** When the newest message was sent; 0 if there is none. */
  long newest() throws SQLException {
    return sql.number("SELECT max(sent_at) FROM message").orElse(0);
  }

  /** The clock was put back: what was to be over after a while still is after that while. */
  void putBack(long millis) throws SQLException {
    sql.update("UPDATE message SET visible_at = visible_at - ?", millis);
    sql.update("UPDATE message SET sent_at = ? WHERE sent_at > ?", now, now);
    sql.update("UPDATE deduplication SET until = until - ?", millis);
  }

  /** When the next hidden message becomes visible. */
  OptionalLong nextVisible(Box box) throws SQLException {
    return sql.number(
        "SELECT min(visible_at) FROM message WHERE box = ? AND visible_at > ?", box.number(), now);
  }
}
