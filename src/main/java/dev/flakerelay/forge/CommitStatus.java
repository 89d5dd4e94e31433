package dev.flakerelay.forge;

import java.util.Locale;
import java.util.Optional;

/**
 * What a forge shows beside a commit.
 *
 * @param context whose it is: of one context the newest counts
 * @param description one line of at most 140 characters
 * @param target the page behind it, {@code http} or {@code https}
 */
public record CommitStatus(
    State state, String context, String description, Optional<String> target) {

  /** As GitHub and Forgejo call them, the best first. */
  public enum State {
    SUCCESS,
    PENDING,
    FAILURE,
    ERROR;

    /** As it is written in requests. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }

    /** Reads what a forge says; a state that we never write counts as pending. */
    public static State of(String key) {
      for (State each : values()) {
        if (each.key().equals(key)) {
          return each;
        }
      }
      return PENDING;
    }
  }
}
