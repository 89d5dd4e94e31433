package dev.flakerelay.webhook;

/** What a delivery comes to. */
sealed interface Event permits Dispatch, Event.Ignored {

  /**
   * Nothing is to be done.
   *
   * @param why for the sender's log
   */
  record Ignored(String why) implements Event {}
}
