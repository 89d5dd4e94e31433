package dev.flakerelay.local.sqlite;

import dev.flakerelay.queue.Message;
import java.sql.SQLException;
import java.time.Duration;

/**
 * What its receipt allows to be done with a message, within one transaction. A receipt ends when
 * its message is received again or becomes a dead letter: each method then does nothing, and says
 * so by {@code false}.
 */
record Receipt(Messages messages, Message message) {
  /** One of the things it allows. */
  @FunctionalInterface
  interface Use {
    boolean of(Receipt receipt) throws SQLException;
  }

  /** Deletes the message. */
  boolean delete() throws SQLException {
    return update(
            "DELETE FROM message WHERE id = ? AND receipt = ?", message.id(), message.receipt())
        || isGone();
  }

  private boolean isGone() throws SQLException {
    return messages.sql().number("SELECT 1 FROM message WHERE id = ?", message.id()).isEmpty();
  }

  private boolean update(String sql, Object... values) throws SQLException {
    return messages.sql().update(sql, values) > 0;
  }

  /** Hides it for a while from now on. */
  boolean hide(Duration duration, boolean inHand) throws SQLException {
    return update(
            "UPDATE message SET visible_at = ?, in_hand = ? WHERE id = ? AND receipt = ?",
            until(duration),
            inHand ? 1 : 0,
            message.id(),
            message.receipt())
        || isGone();
  }

  private long until(Duration duration) {
    return messages.now() + duration.toMillis();
  }

  /** Hides it as one that nobody has in hand, and the receipt does not count. */
  boolean putBack(Duration delay) throws SQLException {
    return update(
        "UPDATE message SET visible_at = ?, in_hand = 0, receive_count = receive_count - 1"
            + " WHERE id = ? AND receipt = ? AND in_hand = 1",
        until(delay),
        message.id(),
        message.receipt());
  }

  /** Gives it a group of its own and makes it visible. */
  boolean setAside() throws SQLException {
    return update(
        "UPDATE message SET group_id = ?, visible_at = 0, in_hand = 0 WHERE id = ? AND receipt = ?",
        message.groupAside(),
        message.id(),
        message.receipt());
  }
}
