package dev.flakerelay.queue;

import java.util.List;

/** Decides whose turn it is when several groups of messages wait. */
@FunctionalInterface
public interface Turns {
  /** The oldest first, as SQS does it. */
  Turns OLDEST_FIRST =
      (waiting, max) ->
          waiting.stream()
              .filter(each -> each.group().equals(waiting.getFirst().group()))
              .limit(max)
              .toList();

  /**
   * Chooses what is worked on next.
   *
   * @param waiting the oldest first
   * @param max how many at most
   * @return some of them, all of one group, the oldest first; empty if none may go now
   */
  List<Message> next(List<Message> waiting, int max);
}
