package dev.flakerelay.local.sqlite;

import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.Turns;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/**
 * Takes messages out of a queue, within one transaction.
 *
 * @param box where from
 */
record Receiving(Messages messages, Box box, QueueSettings settings) {
  /** Receives up to {@code max} messages; dead letters in the order of their death. */
  Taken take(int max, Turns turns) throws SQLException {
    return box == Box.QUEUE ? byTurns(max, turns) : dead(max);
  }

  /**
   * Those of one group that is not blocked. What was received as often as it may be moves to the
   * dead letters instead, which is when SQS moves it.
   */
  private Taken byTurns(int max, Turns turns) throws SQLException {
    List<Message> taken = new ArrayList<>();
    boolean buried = false;
    List<Message> next = turns.next(messages.waiting(), max);
    while (taken.isEmpty() && !next.isEmpty()) {
      for (Message each : next) {
        if (each.receiveCount() > settings.maxReceiveCount()) {
          messages.bury(each);
          buried = true;
        } else {
          messages.hide(each, hiddenUntil());
          taken.add(each);
        }
      }
      next = taken.isEmpty() ? turns.next(messages.waiting(), max) : List.of();
    }
    return taken(taken, buried);
  }

  private Taken dead(int max) throws SQLException {
    messages.forgetDead(messages.now() - settings.retention().toMillis());
    List<Message> dead = messages.dead(max);
    for (Message letter : dead) {
      messages.hide(letter, hiddenUntil());
    }
    return taken(dead, false);
  }

  private long hiddenUntil() {
    return messages.now() + settings.visibilityTimeout().toMillis();
  }

  private Taken taken(List<Message> taken, boolean buried) throws SQLException {
    return new Taken(
        taken, buried, taken.isEmpty() ? messages.nextVisible(box) : OptionalLong.empty());
  }
}
