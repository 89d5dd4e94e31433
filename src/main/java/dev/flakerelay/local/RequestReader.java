package dev.flakerelay.local;

import com.sun.net.httpserver.HttpExchange;
import dev.flakerelay.webhook.Answer;
import dev.flakerelay.webhook.Request;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Reads requests into memory, few large ones at a time. */
final class RequestReader {
  /** Nearly all deliveries are shorter; as many as there are connections may be read at once. */
  private static final int SMALL_BODY = 256 * 1024;

  private static final int LARGE_BODIES_AT_ONCE = 8;
  private static final int PATIENCE_SECONDS = 5;

  /** GitHub sends 25 MB at most: a client that sends no more than that gets to read its 413. */
  private static final int LONGEST_DISCARDED = 32 * 1024 * 1024;

  private final Semaphore largeBodies = new Semaphore(LARGE_BODIES_AT_ONCE);

  /**
   * Reads the request and has it answered while its memory is accounted for.
   *
   * @return empty if too many large ones are being read and none ended within 5 s
   * @throws IOException if the client did not send all of it
   */
  Optional<Answer> read(HttpExchange exchange, Function<Request, Answer> answer)
      throws IOException {
    String method = exchange.getRequestMethod();
    String path = Optional.ofNullable(exchange.getRequestURI().getRawPath()).orElse("");
    Map<String, String> headers = new HashMap<>();
    exchange
        .getRequestHeaders()
        .forEach((name, values) -> headers.put(name, String.join(",", values)));

    if (declaredLength(exchange) > Request.LONGEST_BODY) {
      return Optional.of(answer.apply(Request.tooLong(method, path, headers)));
    }
    InputStream in = exchange.getRequestBody();
    byte[] start = in.readNBytes(SMALL_BODY);
    if (start.length < SMALL_BODY) {
      return Optional.of(answer.apply(Request.of(method, path, headers, start)));
    }
    if (!acquireLargeBody()) {
      return Optional.empty();
    }
    try {
      byte[] body =
          new SequenceInputStream(new ByteArrayInputStream(start), in)
              .readNBytes(Request.LONGEST_BODY + 1);
      return Optional.of(answer.apply(Request.of(method, path, headers, body)));
    } finally {
      largeBodies.release();
    }
  }

  private static long declaredLength(HttpExchange exchange) {
    try {
      return Long.parseLong(
          Optional.ofNullable(exchange.getRequestHeaders().getFirst("Content-Length")).orElse("0"));
    } catch (NumberFormatException e) {
      return 0;
    }
  }

  private boolean acquireLargeBody() throws IOException {
    try {
      return largeBodies.tryAcquire(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("stopped while waiting to read a large delivery", e);
    }
  }

  /**
   * Reads on after the answer: closing a connection with unread data resets it, and a client that
   * is still sending would see a broken pipe instead of its answer.
   */
  static void discardRest(InputStream rest) throws IOException {
    byte[] buffer = new byte[16 * 1024];
    int discarded = 0;
    int count;
    while (discarded < LONGEST_DISCARDED && (count = rest.read(buffer)) >= 0) {
      discarded += count;
    }
  }
}
