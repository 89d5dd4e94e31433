package dev.flakerelay.update;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** What this process has told once, and is no news any more. Safe for use by several threads. */
public final class Told {
  private static final int MOST = 10_000;

  private final Set<String> known = ConcurrentHashMap.newKeySet();

  /** Whether something was not told yet; from now on it is. */
  public boolean isNews(String what) {
    return known.size() >= MOST || known.add(what);
  }
}
