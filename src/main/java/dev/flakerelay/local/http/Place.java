package dev.flakerelay.local.http;

import dev.flakerelay.net.AddressRange;
import java.time.Duration;
import org.eclipse.jetty.io.EndPoint;

/** One connection's place: whose it is, and what it waits for. Guarded by its {@link Places}. */
final class Place {
  /** From the connection's start, or the last answer, to the end of the next request's headers. */
  private static final Duration HEADERS = Duration.ofSeconds(30);

  /** A body has this time, and one second more for every {@link #SPEED} bytes that have come. */
  private static final Duration BODY = Duration.ofSeconds(10);

  private static final int SPEED = 64 * 1024;

  /** What a place waits for. */
  enum Phase {
    /** The headers of a request. */
    HEADERS,
    /** The rest of a body, whether it is kept or thrown away. */
    BODY,
    /** Our own work on the answer. */
    ANSWER
  }

  private final EndPoint connection;
  private final AddressRange peer;
  private AddressRange client;
  private Phase phase = Phase.HEADERS;
  private long since;
  private long received;
  private int held;
  private boolean open = true;

  /** Done when its memory is needed for others. */
  private Runnable giveUp = () -> {};

  Place(EndPoint connection, AddressRange peer, long now) {
    this.connection = connection;
    this.peer = peer;
    this.client = peer;
    this.since = now;
  }

  /** A request's headers have come. A proxy sends it for somebody else. */
  void begin(AddressRange sender, Runnable givingUp, long now) {
    client = sender;
    giveUp = givingUp;
    enter(Phase.BODY, now);
  }

  void enter(Phase next, long now) {
    phase = next;
    since = now;
    received = 0;
    if (next == Phase.HEADERS) {
      client = peer;
    }
  }

  Phase phase() {
    return phase;
  }

  void receive(int bytes) {
    received += bytes;
  }

  void hold(int bytes) {
    held = bytes;
  }

  int held() {
    return held;
  }

  AddressRange client() {
    return client;
  }

  /** By {@link System#nanoTime}. */
  long since() {
    return since;
  }

  /** Whether its client takes longer than an honest one does. */
  boolean isTooSlow(long now) {
    return switch (phase) {
      case HEADERS -> now - since > HEADERS.toNanos();
      case BODY -> now - since > BODY.plusSeconds(received / SPEED).toNanos();
      case ANSWER -> false;
    };
  }

  boolean isOpen() {
    return open;
  }

  void lose() {
    open = false;
  }

  void giveUp() {
    giveUp.run();
  }

  void close() {
    connection.close();
  }
}
