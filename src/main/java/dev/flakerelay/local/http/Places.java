package dev.flakerelay.local.http;

import dev.flakerelay.log.EventLog;
import dev.flakerelay.net.AddressRange;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;

/**
 * The endpoint's places, which its clients share: so many connections, and so much memory for
 * bodies. Whoever comes finds a place. Where none is left, the client that has the most loses one,
 * and of its places that which has waited longest. A client that is too slow loses its place
 * whether another needs it or not. What is being answered is never taken away.
 */
final class Places implements Connection.Listener {
  private static final int CONNECTIONS = 500;

  /** Eight of the longest bodies, or many small ones. */
  private static final int MEMORY = 48 * 1024 * 1024;

  private final Map<EndPoint, Place> places = new HashMap<>();
  private final ClosedLog closed;
  private int held;

  Places(EventLog log) {
    this.closed = new ClosedLog(log);
  }

  @Override
  public void onOpened(Connection connection) {
    EndPoint end = connection.getEndPoint();
    Optional<Place> loser = Optional.empty();
    synchronized (this) {
      places.put(end, new Place(end, ClientAddress.share(address(end)), System.nanoTime()));
      if (places.size() > CONNECTIONS) {
        loser = loser(place -> 1);
        loser.ifPresent(
            place -> {
              closed.crowded(place.client());
              remove(place);
            });
      }
    }
    loser.ifPresent(Place::close);
  }

  /** The other end of a connection. */
  static InetAddress address(EndPoint end) {
    return end.getRemoteSocketAddress() instanceof InetSocketAddress address
        ? address.getAddress()
        : InetAddress.getLoopbackAddress();
  }

  @Override
  public synchronized void onClosed(Connection connection) {
    Place place = places.get(connection.getEndPoint());
    if (place != null) {
      remove(place);
    }
  }

  private void remove(Place place) {
    places.values().remove(place);
    release(place);
    place.lose();
    notifyAll();
  }

  private void release(Place place) {
    held -= place.held();
    place.hold(0);
  }

  /** Of the client with the largest sum, the place that has waited longest. */
  private Optional<Place> loser(ToIntFunction<Place> size) {
    Map<AddressRange, Integer> sums = new HashMap<>();
    for (Place place : places.values()) {
      sums.merge(place.client(), size.applyAsInt(place), Integer::sum);
    }
    return places.values().stream()
        .filter(place -> place.phase() != Place.Phase.ANSWER && size.applyAsInt(place) > 0)
        .max(
            Comparator.<Place, Integer>comparing(place -> sums.getOrDefault(place.client(), 0))
                .thenComparing(Place::since, Comparator.reverseOrder()));
  }

  /**
   * A request's headers have come.
   *
   * @param client who sends it
   * @param giveUp called, by any thread, when the memory of its body is needed for others
   */
  synchronized Place begin(EndPoint end, AddressRange client, Runnable giveUp) {
    long now = System.nanoTime();
    Place place = places.get(end);
    if (place == null) {
      place = new Place(end, client, now);
      place.lose();
    }
    place.begin(client, giveUp, now);
    return place;
  }

  /** Some of its body has come. */
  synchronized void receive(Place place, int bytes) {
    place.receive(bytes);
  }

  /**
   * Sets how much memory a place has for its body.
   *
   * @return whether it has it; if not, it has none at all any more
   */
  boolean hold(Place place, int bytes) {
    List<Place> losers = new ArrayList<>();
    synchronized (this) {
      if (!place.isOpen()) {
        return false;
      }
      held += bytes - place.held();
      place.hold(bytes);
      while (held > MEMORY) {
        Place loser = loser(Place::held).orElse(place);
        release(loser);
        losers.add(loser);
      }
    }
    boolean kept = !losers.remove(place);
    losers.forEach(Place::giveUp);
    return kept;
  }

  /** It waits for something else from now on. */
  synchronized void enter(Place place, Place.Phase phase) {
    place.enter(phase, System.nanoTime());
    notifyAll();
  }

  /** Its request has ended, and the body's memory is free. */
  synchronized void end(Place place) {
    release(place);
    enter(place, Place.Phase.HEADERS);
  }

  /** Closes what is too slow, and tells of what was closed. */
  void sweep() {
    List<Place> slow = new ArrayList<>();
    synchronized (this) {
      long now = System.nanoTime();
      places.values().stream().filter(place -> place.isTooSlow(now)).forEach(slow::add);
      for (Place place : slow) {
        // An idle connection that its client keeps is no news.
        closed.slow(place.client());
        remove(place);
      }
      closed.tell(now);
    }
    slow.forEach(Place::close);
  }

  /**
   * Waits until nothing is in hand.
   *
   * @param bodies how long those are waited for that still send
   * @param answers how long our own work is waited for
   * @return whether all that was sent has been answered
   */
  synchronized boolean drain(Duration bodies, Duration answers) throws InterruptedException {
    long begin = System.nanoTime();
    while (true) {
      long passed = System.nanoTime() - begin;
      boolean answering = isAny(Place.Phase.ANSWER);
      long left =
          answering
              ? answers.toNanos() - passed
              : isAny(Place.Phase.BODY) ? bodies.toNanos() - passed : 0;
      if (left <= 0) {
        return !answering;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
  }

  private boolean isAny(Place.Phase phase) {
    return places.values().stream().anyMatch(place -> place.phase() == phase);
  }
}
