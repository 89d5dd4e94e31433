package dev.flakerelay.config;

import java.util.Locale;

/** What a commit message can name, written {@code {name}} in its template. */
public enum Placeholder {
  /** The flake input; of several, joined by a comma and a space. */
  INPUT,
  /** The release's version, as the dispatch named it. */
  VERSION,
  /** The revision that was locked, in full. */
  SHA,
  /** The first seven digits of {@link #SHA}. */
  SHA7,
  /** The revision that was locked before, in full. */
  OLD,
  /** The first seven digits of {@link #OLD}. */
  OLD7,
  /** The route's name. */
  ROUTE,
  /** The source's repository. */
  SOURCE,
  /** The target's repository. */
  TARGET,
  /** The delivery's id. */
  DELIVERY;

  /** The name as a template writes it, without braces. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether its value comes from a delivery, and not from the configuration or from Git. */
  boolean isFromOutside() {
    return this == VERSION || this == DELIVERY;
  }
}
