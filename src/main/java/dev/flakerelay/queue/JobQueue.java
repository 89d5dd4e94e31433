package dev.flakerelay.queue;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A durable FIFO queue with the semantics of Amazon SQS ("Amazon SQS FIFO queues" in its developer
 * guide): messages of one group are received in order and by one receiver at a time, a
 * deduplication id is taken once in five minutes, a received message is hidden for the visibility
 * timeout, and one that was received {@code maxReceiveCount} times without being deleted moves to
 * the dead-letter queue.
 */
public interface JobQueue extends AutoCloseable {

  /**
   * Queues the jobs, in order. When it returns, they are durable.
   *
   * @return the {@linkplain Job#id ids} of those that were queued already, as far as the queue can
   *     tell
   * @throws QueueUnavailableException if any of them was not taken; sending all of them again is
   *     safe
   */
  Set<String> send(List<Job> jobs) throws QueueUnavailableException;

  /**
   * The same for jobs that a signed delivery asks for. A queue that remembers bodies does not queue
   * again what the same body has asked for before, unless that job was rejected or has failed and
   * nothing else was queued for its input since.
   *
   * @param signedBody the SHA-256 of the delivery's body, in hex
   * @return the ids of those that were not queued for either reason
   * @throws QueueUnavailableException as above
   */
  default Set<String> send(List<Job> jobs, String signedBody) throws QueueUnavailableException {
    return send(jobs);
  }

  /**
   * Looks whether the queue still is where it was opened, so that what it takes lasts.
   *
   * @throws QueueUnavailableException if not; it says what to do
   */
  default void check() throws QueueUnavailableException {}

  /**
   * Looks whether the queue takes what is sent, by writing something that nobody receives. A queue
   * that can't do that is only asked whether it is there.
   *
   * @throws QueueUnavailableException if not; it says why
   */
  default void probe() throws QueueUnavailableException {
    check();
  }

  /**
   * What is in the queue, without receiving it. SQS only tells how much, a queue that can't look
   * nothing.
   *
   * @param most how many entries at most
   * @throws QueueUnavailableException if the queue can't be read
   */
  default QueueContents contents(int most) throws QueueUnavailableException {
    return new QueueContents(0, Optional.empty(), List.of());
  }

  /**
   * All that was sent and is not done yet, dead letters left out. A queue that can't tell says
   * nothing.
   *
   * @throws QueueUnavailableException if the queue can't be read
   */
  default List<Message> unfinished() throws QueueUnavailableException {
    return List.of();
  }

  /**
   * Receives what is visible, at most {@code max} messages (1 to 10), of one or several groups.
   *
   * @param wait how long to wait for a first message, at most 20 s
   * @return in order within each group; empty when nothing became visible in time, or the thread
   *     was interrupted, which it stays
   * @throws QueueUnavailableException if the queue can't be read
   */
  List<Message> receive(int max, Duration wait) throws QueueUnavailableException;

  /**
   * The same in another order, as far as the queue can tell who waits. SQS can't: it gives the
   * oldest, of one or several groups.
   *
   * @param turns chooses among what could be received now
   * @throws QueueUnavailableException if the queue can't be read
   */
  default List<Message> receive(int max, Duration wait, Turns turns)
      throws QueueUnavailableException {
    return receive(max, wait);
  }

  /**
   * What could be received now, the oldest first; of many messages of one group and route only the
   * first. A queue that can't look without receiving, such as SQS, says nothing.
   *
   * @throws QueueUnavailableException if the queue can't be read
   */
  default List<Message> waiting() throws QueueUnavailableException {
    return List.of();
  }

  /**
   * Whether jobs of other routes wait until a received message's group is free. A queue that can't
   * look says no.
   *
   * @throws QueueUnavailableException if the queue can't be read
   */
  default boolean othersWaitBehind(Message message) throws QueueUnavailableException {
    return false;
  }

  /**
   * Deletes a received message: its work is done.
   *
   * @throws QueueUnavailableException if that could not be made durable; the message will be
   *     received again
   */
  void delete(Message message) throws QueueUnavailableException;

  /**
   * Makes a received message visible again after {@code delay} (0 s to 12 h); until then its group
   * is blocked.
   *
   * @throws QueueUnavailableException if the queue could not be told; the visibility timeout stands
   */
  void retryAfter(Message message, Duration delay) throws QueueUnavailableException;

  /**
   * The same for a message that nobody tried, or whose try was cut short through no fault of its
   * own. Where the queue can tell, that receipt does not count; in SQS it does.
   *
   * @throws QueueUnavailableException if the queue could not be told; the visibility timeout stands
   */
  default void putBack(Message message, Duration delay) throws QueueUnavailableException {
    retryAfter(message, delay);
  }

  /**
   * Keeps a received message hidden for {@code duration} from now on, because its work goes on. Not
   * a retry: a queue that can tell makes such a message visible at once when its receiver is gone.
   *
   * @throws QueueUnavailableException if the queue could not be told; the visibility timeout stands
   */
  default void extend(Message message, Duration duration) throws QueueUnavailableException {
    retryAfter(message, duration);
  }

  /**
   * Lets a job be queued again at once, also by the body that asked for it before. A queue that
   * can't, such as SQS, does nothing.
   *
   * @throws QueueUnavailableException if that could not be made durable
   */
  default void forget(Job job) throws QueueUnavailableException {}

  /**
   * How often a message may be received before it moves to the dead-letter queue.
   *
   * @throws QueueUnavailableException if the queue can't be asked
   */
  int maxReceiveCount() throws QueueUnavailableException;

  /**
   * Messages that became dead letters when the queue was opened, because the process that received
   * them for the last time had ended in the middle of its work and could tell nobody. A queue that
   * can't know has none.
   */
  default List<Message> diedInHand() {
    return List.of();
  }

  /**
   * The dead-letter queue: what can be received there stays until it is deleted.
   *
   * @throws QueueUnavailableException if it can't be found
   */
  JobQueue deadLetters() throws QueueUnavailableException;

  /**
   * Moves a received dead letter into a group of its own ({@link Message#groupAside}), where it
   * blocks no other, becomes visible at once and stays until its retention ends.
   *
   * @throws QueueUnavailableException if that could not be made durable; it may then be there twice
   */
  void setAside(Message letter) throws QueueUnavailableException;

  @Override
  void close();
}
