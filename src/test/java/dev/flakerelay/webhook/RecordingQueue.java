package dev.flakerelay.webhook;

import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.QueueUnavailableException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** A queue in memory that shows what was sent, and can be out of reach. Nothing is received. */
public class RecordingQueue implements JobQueue {
  private final List<Job> sent = new ArrayList<>();
  private boolean available = true;

  /** What was sent so far, in order. */
  public synchronized List<Job> sent() {
    return List.copyOf(sent);
  }

  /** Forgets what was sent. */
  public synchronized void clear() {
    sent.clear();
  }

  /** From now on nothing is taken. */
  public synchronized void becomeUnavailable() {
    available = false;
  }

  @Override
  public synchronized Set<String> send(List<Job> jobs) throws QueueUnavailableException {
    if (!available) {
      throw new QueueUnavailableException("the disk is full");
    }
    sent.addAll(jobs);
    return Set.of();
  }

  @Override
  public List<Message> receive(int max, Duration wait) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void delete(Message message) {
    throw new UnsupportedOperationException();
  }

  @Override
  public void setAside(Message letter) {}

  @Override
  public void retryAfter(Message message, Duration delay) {
    throw new UnsupportedOperationException();
  }

  @Override
  public int maxReceiveCount() {
    return 5;
  }

  @Override
  public JobQueue deadLetters() {
    throw new UnsupportedOperationException();
  }

  @Override
  public void close() {}
}
