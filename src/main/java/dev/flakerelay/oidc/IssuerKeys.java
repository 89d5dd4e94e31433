package dev.flakerelay.oidc;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * An issuer's keys, kept for an hour. A key that is not among them may be a new one: the issuer is
 * asked again, but however many tokens name keys that nobody has, only every half minute, and only
 * few requests wait for the answer. Safe for use by several threads.
 */
final class IssuerKeys {
  private static final Duration KEPT = Duration.ofHours(1);
  private static final Duration BETWEEN_READS = Duration.ofSeconds(30);

  /** An issuer that does not answer must not take the threads that signed deliveries need. */
  private static final int MOST_WAITING = 16;

  private final IssuerClient client;
  private final InstantSource clock;
  private final ReentrantLock reading = new ReentrantLock();
  private final Semaphore waiting = new Semaphore(MOST_WAITING);
  private volatile State state = new State(new JWKSet(), Instant.MIN, Instant.MIN, null);

  /**
   * What is known.
   *
   * @param readAt when the keys came
   * @param triedAt when they were last asked for
   * @param failure why they did not come then; null if they did
   */
  private record State(
      JWKSet keys, Instant readAt, Instant triedAt, @Nullable IssuerUnavailableException failure) {
    boolean isFresh(Instant now) {
      return isWithin(readAt, KEPT, now);
    }

    boolean wasTriedJustNow(Instant now) {
      return isWithin(triedAt, BETWEEN_READS, now);
    }

    /** Not so either if the clock was put back. */
    private static boolean isWithin(Instant from, Duration time, Instant now) {
      return !now.isBefore(from) && now.isBefore(from.plus(time));
    }
  }

  IssuerKeys(IssuerClient client, InstantSource clock) {
    this.client = client;
    this.clock = clock;
  }

  /**
   * A key by its id.
   *
   * @return empty if the issuer has no such key
   * @throws IssuerUnavailableException if that can't be found out now
   */
  Optional<JWK> find(String id) throws IssuerUnavailableException {
    State known = state;
    Optional<JWK> key = Optional.ofNullable(known.keys().getKeyByKeyId(id));
    if (key.isPresent() && known.isFresh(clock.instant())) {
      return key;
    }
    if (!waiting.tryAcquire()) {
      throw new IssuerUnavailableException("too many requests wait for the token issuer's keys");
    }
    try {
      reading.lock();
      try {
        return Optional.ofNullable(renewed().getKeyByKeyId(id));
      } finally {
        reading.unlock();
      }
    } finally {
      waiting.release();
    }
  }

  private JWKSet renewed() throws IssuerUnavailableException {
    Instant now = clock.instant();
    if (!state.wasTriedJustNow(now)) {
      try {
        state = new State(client.keys(), now, now, null);
      } catch (IssuerUnavailableException e) {
        state = new State(state.keys(), state.readAt(), now, e);
      }
    }
    IssuerUnavailableException failure = state.failure();
    if (failure != null) {
      throw failure;
    }
    return state.keys();
  }
}
