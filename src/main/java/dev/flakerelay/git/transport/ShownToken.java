package dev.flakerelay.git.transport;

import org.jspecify.annotations.Nullable;

/**
 * What one server was shown after it had asked for it, and has taken: it is shown again without
 * being asked. Each conversation would otherwise begin with a request that is refused.
 */
public final class ShownToken {
  private volatile @Nullable String header;

  /** The value of {@code Authorization}; null if the server has not asked so far. */
  @Nullable String header() {
    return header;
  }

  /** The server has taken it. */
  void taken(String value) {
    header = value;
  }

  /** The server does not take it any more, or another token is to be shown. */
  public void forget() {
    header = null;
  }
}
