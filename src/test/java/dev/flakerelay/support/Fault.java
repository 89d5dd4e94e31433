package dev.flakerelay.support;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;

/** A way in which a server fails a request. */
public sealed interface Fault {

  /**
   * Answers with this status and does nothing else.
   *
   * @param headers such as {@code Retry-After} or {@code Location}
   * @param body the answer's text
   */
  record Status(int code, Map<String, String> headers, String body) implements Fault {}

  /** Answers with this status, and repeats the address and all headers that it was sent. */
  record Echo(int code) implements Fault {}

  /** Sends the true answer's headers and half of its body, then closes the connection. */
  record CutOff() implements Fault {}

  /** Sends the true answer's headers at once, and its body in ten parts over this time. */
  record Slow(Duration duration) implements Fault {}

  /** Sends the true answer after this time. */
  record Late(Duration duration) implements Fault {}

  /** Sends the true answer once it is let go. */
  record Held(CountDownLatch letGo) implements Fault {}

  /** Keeps the connection open and sends nothing until the server is closed. */
  record Silence() implements Fault {}

  /** An answer with this status and a short text. */
  static Fault status(int code) {
    return new Status(code, Map.of(), "injected failure " + code + "\n");
  }

  /** 429 that asks to be left alone for this time. */
  static Fault tooManyRequests(Duration retryAfter) {
    return new Status(
        429, Map.of("Retry-After", Long.toString(retryAfter.toSeconds())), "slow down\n");
  }

  /** A redirect (302) to another URL. */
  static Fault redirect(String location) {
    return new Status(302, Map.of("Location", location), "");
  }
}
