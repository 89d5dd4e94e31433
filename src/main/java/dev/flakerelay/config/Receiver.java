package dev.flakerelay.config;

import dev.flakerelay.secret.SecretReference;
import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * Somebody who is told of outcomes.
 *
 * @param place its number in the list, from 0: its URL may be a secret
 * @param url where notifications are sent
 * @param as how they are written
 * @param on which outcomes are told
 * @param secret signs ({@link As#JSON}), or is the access token ({@link As#NTFY}, {@link
 *     As#MATRIX})
 * @param room the room's id, for {@link As#MATRIX}
 */
public record Receiver(
    int place,
    Address url,
    As as,
    Set<News> on,
    Optional<SecretReference> secret,
    Optional<String> room) {

  /** The forms of a notification. */
  public enum As {
    JSON,
    SLACK,
    NTFY,
    MATRIX
  }

  /** The outcomes. */
  public enum News {
    UPDATED,
    UNCHANGED,
    SUPERSEDED,
    REJECTED,
    FAILED
  }

  /**
   * What is told where nothing else is said: what changed something, and what a person must see.
   */
  public static final Set<News> DEFAULT_NEWS = Set.of(News.UPDATED, News.REJECTED, News.FAILED);

  /** A URL, or where one is kept. */
  public sealed interface Address {
    /** It is in the file. */
    record Written(URI url) implements Address {}

    /** It is a secret. */
    record Secret(SecretReference reference) implements Address {}
  }

  /** As messages name it. */
  public String name() {
    return "notify[" + place + "]";
  }
}
