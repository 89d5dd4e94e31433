package dev.flakerelay;

import java.util.Optional;

/**
 * The right to use one repository, shown by a token. A token that stands for itself is the simplest
 * one; another one has its tokens made, each for an hour.
 */
public interface Access {
  /**
   * The token to show now.
   *
   * @throws JobException if none could be made
   */
  Token token() throws JobException;

  /**
   * Another token in place of one that a server took for invalid.
   *
   * @return empty if there is no other
   * @throws JobException if none could be made
   */
  Optional<Token> replacing(Token refused) throws JobException;

  /** The key in relay.yaml that the right comes from, for messages. */
  String setting();
}
