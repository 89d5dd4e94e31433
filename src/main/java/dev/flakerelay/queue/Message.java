package dev.flakerelay.queue;

import java.time.Instant;

/**
 * One receipt of a queued message.
 *
 * @param id the message's id in its queue
 * @param body the text that was sent; normally a {@link Job} as {@link JobJson} writes it, but a
 *     queue takes any text
 * @param group its message group
 * @param receiveCount how often it was received, this time included
 * @param sentAt when it entered this queue
 * @param receipt what to delete or hide this receipt with
 */
public record Message(
    String id, String body, String group, int receiveCount, Instant sentAt, String receipt) {
  private static final String ASIDE = "aside-";

  /** Whether it is a dead letter that was set aside ({@link JobQueue#setAside}). */
  boolean isAside() {
    return group.startsWith(ASIDE);
  }

  /** The group that it is in once it was set aside. */
  public String groupAside() {
    return ASIDE + id;
  }
}
