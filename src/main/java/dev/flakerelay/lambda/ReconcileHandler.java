package dev.flakerelay.lambda;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.update.Reconciliation;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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
  public ReconcileHandler(Reconciliation reconciliation) {
    this.reconciliation = reconciliation;
  }

  /**
   * Looks at every target once.
   *
   * @param response how many inputs were {@code current}, {@code behind} or {@code failed}
   * @throws IOException if the queue did not take what lags; the schedule invokes again
   */
  @Override
  public void handleRequest(InputStream event, OutputStream response, Context context)
      throws IOException {
    try {
      response.write(JsonMapper.shared().writeValueAsBytes(reconciliation.run()));
    } catch (QueueUnavailableException e) {
      throw new IOException("could not queue what lags: " + e.getMessage(), e);
    }
  }
}
