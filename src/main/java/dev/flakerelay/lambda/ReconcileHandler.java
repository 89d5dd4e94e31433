package dev.flakerelay.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.reconcile.Reconciliation;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import tools.jackson.databind.json.JsonMapper;

/**
 * Queues what lags behind its source's branch; invoked by a schedule, whose event it needs not
 * read.
 */
public final class ReconcileHandler implements RequestStreamHandler {
  private final Reconciliation reconciliation;

  /** The function as Lambda makes it, from its environment. */
  public ReconcileHandler() {
    this(Wiring.fromEnvironment().reconciliation());
  }

  /** A function made of given parts. */
  ReconcileHandler(Reconciliation reconciliation) {
    this.reconciliation = reconciliation;
  }

  /**
   * Looks at every target once, as far as there is time.
   *
   * @param response how many inputs were {@code current}, {@code behind} or {@code failed}
   * @throws IOException if the queue did not take what lags, or nothing could be looked at at all;
   *     the schedule invokes again
   */
  @Override
  public void handleRequest(InputStream event, OutputStream response, Context context)
      throws IOException {
    Instant end = Instant.now().plusMillis(context.getRemainingTimeInMillis());
    try {
      Map<String, Integer> results = reconciliation.run(end);
      if (results.keySet().equals(Set.of(Reconciliation.FAILED))) {
        throw new IOException("none of the inputs could be looked at: the log says why");
      }
      response.write(JsonMapper.shared().writeValueAsBytes(results));
    } catch (QueueUnavailableException e) {
      throw new IOException("could not queue what lags: " + e.getMessage(), e);
    }
  }
}
