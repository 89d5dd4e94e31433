package dev.flakerelay.local.sqlite;

import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.QueueUnavailableException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The database of one data folder, shared by the threads of this process: one works with it at a
 * time, and each change wakes those that wait for a message. What a visitor in another process
 * changed is found by looking again every two seconds.
 */
final class SharedDatabase implements AutoCloseable {
  /** What is done with the messages within one transaction. */
  @FunctionalInterface
  interface Work<T> {
    /** Does it; all or nothing of it becomes durable. */
    T on(Messages messages) throws SQLException;
  }

  private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

  private final DataFolder folder;
  private final Database database;
  private final InstantSource clock;
  private final PromptWriter writer = new PromptWriter();
  private List<Message> died = List.of();

  /** The time of the last transaction; 0 before the first. */
  private long latest;

  private volatile boolean closed;

  private SharedDatabase(DataFolder folder, Database database, InstantSource clock) {
    this.folder = folder;
    this.database = database;
    this.clock = clock;
  }

  /**
   * Takes the folder and releases what its last owner had in hand: that owner is gone. What it had
   * in hand for the last time becomes a dead letter.
   *
   * @param limit how often a message is received
   * @param pages how far the file may grow
   * @throws QueueUnavailableException if the folder is in use or its database can't be opened
   */
  static SharedDatabase open(Path path, InstantSource clock, int limit, int pages)
      throws QueueUnavailableException {
    DataFolder folder = DataFolder.take(path);
    SharedDatabase shared = open(folder, folder.path(), clock, pages);
    try {
      shared.latest = shared.change("look for the newest message", Messages::newest);
      shared.died =
          shared.change(
              "release what an ended process had in hand", messages -> messages.release(limit));
      return shared;
    } catch (Throwable e) {
      shared.close();
      throw e;
    }
  }

  /**
   * Opens a database beside its owner, if there is one, and leaves alone what that has in hand.
   * SQLite lets several processes work with one file ("Write-Ahead Logging", SQLite documentation).
   *
   * @throws QueueUnavailableException if there is no database, it can't be opened, or another
   *     visitor is there
   */
  static SharedDatabase visit(Path path, InstantSource clock) throws QueueUnavailableException {
    if (Files.notExists(path.resolve(Schema.QUEUE.file()))) {
      throw new QueueUnavailableException(
          "There is no queue in " + path + ": name the data folder of `relay serve`");
    }
    // A folder of its own: two native libraries in one would be in each other's way.
    return open(DataFolder.take(path.resolve("visitor")), path, clock, Database.MOST_PAGES);
  }

  private static SharedDatabase open(
      DataFolder folder, Path database, InstantSource clock, int pages)
      throws QueueUnavailableException {
    try {
      Path unpackTo = folder.path().resolve("native");
      return new SharedDatabase(
          folder, Database.open(Schema.QUEUE, database, unpackTo, pages), clock);
    } catch (Throwable e) {
      folder.close();
      throw e;
    }
  }

  /** What the last owner had in hand for the last time. */
  List<Message> died() {
    return died;
  }

  /** Changes messages as a whole or not at all, and wakes who waits. */
  synchronized <T> T change(String what, Work<T> work) throws QueueUnavailableException {
    T result = transaction(what, work);
    notifyAll();
    return result;
  }

  /**
   * The same for what is promised to be durable, by {@link PromptWriter}.
   *
   * @throws QueueUnavailableException also if the file is no more where the next opening finds it
   */
  <T> T promise(String what, Work<T> work) throws QueueUnavailableException {
    return writer.write(what, () -> changeInPlace(what, work));
  }

  private synchronized <T> T changeInPlace(String what, Work<T> work)
      throws QueueUnavailableException {
    database.requireInPlace();
    T result = change(what, work);
    database.requireInPlace();
    return result;
  }

  /** Looks whether what was promised is still in its place. Does not wait for who writes. */
  void requireInPlace() throws QueueUnavailableException {
    if (!closed) {
      database.requireInPlace();
    }
  }

  /** Reads messages. */
  synchronized <T> T look(String what, Work<T> work) throws QueueUnavailableException {
    return transaction(what, work);
  }

  /**
   * Takes messages as soon as there are some.
   *
   * @return empty when none came within {@code wait}, or the thread was interrupted
   */
  synchronized List<Message> await(Duration wait, Work<Taken> take)
      throws QueueUnavailableException {
    long end = System.nanoTime() + wait.toNanos();
    try {
      while (true) {
        long now = clock.millis();
        Taken taken = transaction("receive", take);
        if (taken.buried()) {
          notifyAll();
        }
        long left = end - System.nanoTime();
        if (!taken.messages().isEmpty() || left <= 0) {
          return taken.messages();
        }
        long untilNext = taken.nextVisible().orElse(Long.MAX_VALUE) - now;
        long pause = Math.min(LOOK_AGAIN.toNanos(), TimeUnit.MILLISECONDS.toNanos(untilNext));
        TimeUnit.NANOSECONDS.timedWait(this, Math.min(left, pause));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return List.of();
    }
  }

  private <T> T transaction(String what, Work<T> work) throws QueueUnavailableException {
    if (closed) {
      throw new QueueUnavailableException("Tried to " + what + " but the queue is closed");
    }
    long now = clock.millis();
    long putBack = latest - now;
    T result =
        database.transaction(
            what,
            connection -> {
              Messages messages = new Messages(new Statements(connection), now);
              if (putBack > 0) {
                messages.putBack(putBack);
              }
              return work.on(messages);
            });
    latest = now;
    return result;
  }

  @Override
  public synchronized void close() {
    if (!closed) {
      writer.close();
      closed = true;
      notifyAll();
      database.close();
      folder.close();
    }
  }
}
