package dev.flakerelay.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.DeadLetter;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.queue.Redrive;
import dev.flakerelay.queue.RedriveLog;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.json.JsonMapper;

/**
 * Puts dead letters back whose time has come; invoked by an alarm or by a schedule, whose events it
 * needs not read.
 */
public final class RetryHandler implements RequestStreamHandler {
  private final Redrive redrive;
  private final EventLog log;

  /** The function as Lambda makes it, from its environment. */
  public RetryHandler() {
    this(Wiring.fromEnvironment());
  }

  private RetryHandler(Wiring wiring) {
    this(wiring.redrive(), wiring.log());
  }

  /** A function made of given parts. */
  RetryHandler(Redrive redrive, EventLog log) {
    this.redrive = redrive;
    this.log = log;
  }

  /**
   * Looks through the dead letters once.
   *
   * @param response how many letters met which fate, such as {@code {"sent":2,"exhausted":1}}
   * @throws IOException if the queues can't be reached; the schedule invokes again
   */
  @Override
  public void handleRequest(InputStream event, OutputStream response, Context context)
      throws IOException {
    try {
      List<DeadLetter> letters = redrive.run();
      RedriveLog.write(log, letters);
      Map<String, Integer> fates = new TreeMap<>();
      letters.forEach(letter -> fates.merge(letter.fate().key(), 1, Integer::sum));
      response.write(JsonMapper.shared().writeValueAsBytes(fates));
    } catch (QueueUnavailableException e) {
      throw new IOException("could not look through the dead letters: " + e.getMessage(), e);
    }
  }
}
