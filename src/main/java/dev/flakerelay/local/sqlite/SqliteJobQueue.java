package dev.flakerelay.local.sqlite;

import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.QueueContents;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.queue.Turns;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A queue in one SQLite file of a data folder, for one process; thread-safe.
 *
 * <p>What {@link #send} took survives the end of the process and a power cut (see {@link
 * Database}). When the process ends while messages are in hand, the next opening makes them visible
 * at once; that receipt counts, as it does in SQS, so that a job that takes the process down with
 * it ends among the dead letters. Messages that wait for a retry go on waiting.
 *
 * <p>One {@link #receive} gives messages of one group only, so that several receivers work on
 * several groups side by side and none takes all of them in one batch. A receiver is woken by what
 * happens in this process, and by the clock when the next hidden message becomes visible; what
 * {@linkplain #visit a visitor} queued it finds within two seconds.
 */
public final class SqliteJobQueue implements JobQueue {
  private final SharedDatabase shared;
  private final QueueSettings settings;
  private final Box box;

  private SqliteJobQueue(SharedDatabase shared, QueueSettings settings, Box box) {
    this.shared = shared;
    this.settings = settings;
    this.box = box;
  }

  /**
   * The queue in a data folder, which is made if it is missing.
   *
   * @throws QueueUnavailableException if the folder is in use by another process, can't be written,
   *     or holds a damaged file
   */
  public static SqliteJobQueue open(Path folder) throws QueueUnavailableException {
    return open(folder, QueueSettings.DEFAULT, InstantSource.system());
  }

  /**
   * The same with other settings and another clock. The clock decides what is visible, forgotten
   * and expired; waiting is done in real time.
   */
  public static SqliteJobQueue open(Path folder, QueueSettings settings, InstantSource clock)
      throws QueueUnavailableException {
    return open(folder, settings, clock, Database.MOST_PAGES);
  }

  /** The same on a disk that is full once the file has so many pages of 4 KB. */
  static SqliteJobQueue open(Path folder, QueueSettings settings, InstantSource clock, int pages)
      throws QueueUnavailableException {
    SharedDatabase shared = SharedDatabase.open(folder, clock, settings.maxReceiveCount(), pages);
    return new SqliteJobQueue(shared, settings, Box.QUEUE);
  }

  /**
   * The queue in a data folder that a running process may own: what that has in hand stays in its
   * hand, and what is queued here reaches it within two seconds. To look after dead letters, not to
   * work on jobs.
   *
   * @throws QueueUnavailableException if there is no queue in the folder, it holds a damaged file,
   *     or has another visitor
   */
  public static SqliteJobQueue visit(Path folder) throws QueueUnavailableException {
    SharedDatabase shared = SharedDatabase.visit(folder, InstantSource.system());
    return new SqliteJobQueue(shared, QueueSettings.DEFAULT, Box.QUEUE);
  }

  @Override
  public Set<String> send(List<Job> jobs) throws QueueUnavailableException {
    return send(jobs, Optional.empty());
  }

  @Override
  public Set<String> send(List<Job> jobs, String signedBody) throws QueueUnavailableException {
    return send(jobs, Optional.of(signedBody));
  }

  private Set<String> send(List<Job> jobs, Optional<String> body) throws QueueUnavailableException {
    return shared.promise(
        "queue " + jobs.size() + " messages",
        messages -> new Sending(messages, box, settings).jobs(jobs, body));
  }

  /** Queues any text. */
  void put(Entry entry) throws QueueUnavailableException {
    shared.change("queue a text", messages -> new Sending(messages, box, settings).add(entry));
  }

  @Override
  public List<Message> receive(int max, Duration wait) throws QueueUnavailableException {
    return receive(max, wait, Turns.OLDEST_FIRST);
  }

  @Override
  public List<Message> receive(int max, Duration wait, Turns turns)
      throws QueueUnavailableException {
    return shared.await(wait, messages -> new Receiving(messages, box, settings).take(max, turns));
  }

  @Override
  public void check() throws QueueUnavailableException {
    shared.requireInPlace();
  }

  @Override
  public void probe() throws QueueUnavailableException {
    shared.promise("write to the queue", Messages::probe);
  }

  @Override
  public QueueContents contents(int most) throws QueueUnavailableException {
    return shared.look("look what is there", messages -> messages.contents(box, most));
  }

  @Override
  public List<Message> unfinished() throws QueueUnavailableException {
    return shared.look("look what is not done", Messages::unfinished);
  }

  @Override
  public List<Message> waiting() throws QueueUnavailableException {
    return shared.look("look who waits", Messages::waiting);
  }

  @Override
  public boolean othersWaitBehind(Message message) throws QueueUnavailableException {
    return shared.look("look who waits", messages -> messages.othersWaitBehind(message));
  }

  @Override
  public void putBack(Message message, Duration delay) throws QueueUnavailableException {
    settle("put back", message, receipt -> receipt.putBack(delay));
  }

  @Override
  public void delete(Message message) throws QueueUnavailableException {
    settle("delete", message, Receipt::delete);
  }

  @Override
  public void retryAfter(Message message, Duration delay) throws QueueUnavailableException {
    settle("hide", message, receipt -> receipt.hide(delay, false));
  }

  @Override
  public void extend(Message message, Duration duration) throws QueueUnavailableException {
    settle("hide", message, receipt -> receipt.hide(duration, true));
  }

  @Override
  public void setAside(Message letter) throws QueueUnavailableException {
    settle("set aside", letter, Receipt::setAside);
  }

  private void settle(String how, Message message, Receipt.Use use)
      throws QueueUnavailableException {
    String what = how + " message " + message.id();
    if (!shared.change(what, messages -> use.of(new Receipt(messages, message)))) {
      throw new QueueUnavailableException(
          "Tried to " + what + " but its receipt is over: it was received again since");
    }
  }

  @Override
  public void forget(Job job) throws QueueUnavailableException {
    shared.change(
        "forget job " + job.id(), messages -> new Sending(messages, box, settings).forget(job));
  }

  @Override
  public int maxReceiveCount() {
    return box == Box.QUEUE ? settings.maxReceiveCount() : Integer.MAX_VALUE;
  }

  @Override
  public List<Message> diedInHand() {
    return box == Box.QUEUE ? shared.died() : List.of();
  }

  /**
   * {@inheritDoc}
   *
   * <p>It is in the same file and closed with this queue; a hidden message blocks no other.
   */
  @Override
  public JobQueue deadLetters() throws QueueUnavailableException {
    if (box == Box.DEAD_LETTERS) {
      throw new QueueUnavailableException("dead letters have no dead letters of their own");
    }
    return new SqliteJobQueue(shared, settings, Box.DEAD_LETTERS);
  }

  /** Ends waiting receivers with an exception and gives the data folder free. */
  @Override
  public void close() {
    if (box == Box.QUEUE) {
      shared.close();
    }
  }
}
