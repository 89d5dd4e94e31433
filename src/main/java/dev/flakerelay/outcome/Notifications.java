package dev.flakerelay.outcome;

import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.config.Receiver;
import dev.flakerelay.config.name.ReceiverUrl;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.queue.Job;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.secret.SecretException;
import dev.flakerelay.secret.SecretReader;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Tells one receiver of the outcomes that it wants to hear of, each once. One that is out of reach
 * delays nobody.
 */
public final class Notifications implements OutcomeListener {
  private final Receiver receiver;
  private final SecretReader secrets;
  private final EventLog log;
  private final Outbox outbox;

  /**
   * Tells nothing so far.
   *
   * @param secrets reads URL and secret anew for each notification
   * @param log gets an event {@code report} for one that was given up
   */
  public Notifications(Receiver receiver, SecretReader secrets, EventLog log) {
    this.receiver = receiver;
    this.secrets = secrets;
    this.log = log;
    this.outbox = new Outbox(receiver.name());
  }

  @Override
  public void ended(Outcome outcome) {
    if (!receiver.on().contains(Receiver.News.valueOf(outcome.kind().name()))) {
      return;
    }
    String id = id(outcome);
    outbox.put(
        id,
        new Outbox.Letter() {
          @Override
          public void send() throws JobException {
            Notifications.this.send(id, outcome);
          }

          @Override
          public void lost(JobException why) {
            log.warn("report", Map.of("to", receiver.name(), "reason", why.getMessage()));
          }
        });
  }

  /** The same for the same end of the same try, also after a restart. */
  private static String id(Outcome outcome) {
    Job job = outcome.job();
    String all =
        String.join(
            "\0",
            job.route(),
            job.id(),
            job.request().at().toString(),
            Integer.toString(job.attempt()),
            outcome.kind().key());
    return UUID.nameUUIDFromBytes(all.getBytes(StandardCharsets.UTF_8)).toString();
  }

  @Override
  public void finish(Duration patience) {
    outbox.finish(patience);
  }

  private void send(String id, Outcome outcome) throws JobException {
    try {
      URI url =
          switch (receiver.url()) {
            case Receiver.Address.Written(URI written) -> written;
            case Receiver.Address.Secret(var reference) ->
                ReceiverUrl.parse(secrets.read(reference).value());
          };
      Optional<Secret> secret =
          receiver.secret().isPresent()
              ? Optional.of(secrets.read(receiver.secret().get()))
              : Optional.empty();
      Courier.send(receiver, Notification.of(receiver, url, secret, id, outcome), Deadline.NONE);
    } catch (SecretException e) {
      throw new RetryableException("could not notify: " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      // Its message may hold the address.
      throw new RetryableException(
          "could not notify: the value of `url` or `secret` can't be used: give it as its service"
              + " shows it");
    }
  }
}
