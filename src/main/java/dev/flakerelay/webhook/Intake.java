package dev.flakerelay.webhook;

import dev.flakerelay.config.Config;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.Secret;
import dev.flakerelay.config.SecretException;
import dev.flakerelay.config.SecretValues;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.QueueUnavailableException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/**
 * The endpoint's answers: what is checked in which order, and that 202 is said only of what the
 * queue has taken. Knows no server; may be called by any number of threads.
 */
public final class Intake {
  /** Where deliveries are posted to. */
  public static final String WEBHOOK_PATH = "/webhook";

  /** Where a health check asks. */
  public static final String HEALTH_PATH = "/healthz";

  private final Router router;
  private final SecretValues secrets;
  private final JobQueue queue;
  private final InstantSource clock;

  /**
   * An intake for one configuration.
   *
   * @param secrets any of them may have signed a delivery
   * @throws IllegalArgumentException if there is no secret: nothing could ever be accepted
   */
  public Intake(Config config, SecretValues secrets, JobQueue queue, InstantSource clock) {
    if (secrets.isEmpty()) {
      throw new IllegalArgumentException("a webhook needs at least one secret");
    }
    this.router = new Router(config);
    this.secrets = secrets;
    this.queue = queue;
    this.clock = clock;
  }

  /** Answers a request, whatever it is; throws nothing. */
  public Answer answer(Request request) {
    Answer answer;
    try {
      answer = byPath(request);
    } catch (RuntimeException e) {
      // A mistake of ours. The sender sees that nothing was accepted, the log says what happened.
      answer =
          Answer.error(500, "internal error, nothing was accepted").about("cause", e.toString());
    }
    // An unsigned request may claim anything: what has another form than it should is not logged.
    Optional<String> id = request.header(DeliveryHeaders.ID).filter(Delivery::isId);
    Optional<String> event = request.header(DeliveryHeaders.EVENT).filter(Delivery::isEvent);
    if (event.isPresent()) {
      answer = answer.about("github_event", event.get());
    }
    return id.isPresent() ? answer.about("delivery", id.get()) : answer;
  }

  private Answer byPath(Request request) {
    return switch (request.path()) {
      case WEBHOOK_PATH -> request.method().equals("POST") ? posted(request) : wrongMethod("POST");
      case HEALTH_PATH ->
          switch (request.method()) {
            case "GET", "HEAD" -> health();
            default -> wrongMethod("GET, HEAD");
          };
      default -> Answer.error(404, "not found: deliveries are posted to " + WEBHOOK_PATH);
    };
  }

  private Answer health() {
    try {
      queue.check();
      return Answer.healthy();
    } catch (QueueUnavailableException e) {
      return Answer.unavailable("the queue is not where it was").about("cause", e.getMessage());
    }
  }

  private static Answer wrongMethod(String allowed) {
    return Answer.error(405, "method not allowed, use " + allowed).withHeader("Allow", allowed);
  }

  private Answer posted(Request request) {
    if (request.isTooLong()) {
      return Answer.error(413, "the body is longer than " + Request.LONGEST_BODY + " bytes");
    }
    if (ContentType.of(request) == ContentType.OTHER) {
      return Answer.error(
          415, "the content type must be application/json or application/x-www-form-urlencoded");
    }
    try {
      if (!isSigned(request)) {
        return Answer.error(401, "signature");
      }
      Delivery delivery = Delivery.parse(request);
      return switch (router.read(delivery)) {
        case Event.Ignored ignored -> Answer.ignored(ignored.why());
        case Dispatch dispatch -> dispatched(dispatch, delivery.id());
      };
    } catch (MalformedDeliveryException e) {
      return Answer.error(400, e.getMessage());
    } catch (SecretException e) {
      return Answer.unavailable(
              "the webhook's secrets can't be read, nothing was accepted: send it again")
          .about("cause", e.getMessage());
    }
  }

  /** A signature that does not fit may be made with a secret that was changed a moment ago. */
  private boolean isSigned(Request request) throws SecretException {
    String signature = request.header(DeliveryHeaders.SIGNATURE).orElse("");
    if (!Signature.isWellFormed(signature)) {
      return false;
    }
    List<Secret> known = secrets.current();
    if (Signature.isValid(signature, request.body(), known)) {
      return true;
    }
    List<Secret> newest = secrets.refreshed();
    return !newest.equals(known) && Signature.isValid(signature, request.body(), newest);
  }

  private Answer dispatched(Dispatch dispatch, String delivery) throws MalformedDeliveryException {
    List<Route> routes = router.waitingFor(dispatch);
    if (routes.isEmpty()) {
      return Answer.ignored(router.ignored(dispatch).why());
    }
    var revision = dispatch.revision();
    if (revision.isEmpty()) {
      return Answer.ignored(
          "the release does not name its commit (release.target_commitish is a branch): publish it"
              + " with a full commit id as target, or let the route wait for push or"
              + " repository_dispatch");
    }
    return queued(Router.jobs(routes, dispatch, revision.get(), delivery, clock.instant()));
  }

  private Answer queued(List<Job> jobs) {
    try {
      queue.send(jobs);
    } catch (QueueUnavailableException | RuntimeException e) {
      return Answer.unavailable("the queue did not take it, nothing was accepted: send it again")
          .about("cause", String.valueOf(e.getMessage()));
    }
    return Answer.accepted(jobs.stream().map(Accepted::of).toList());
  }
}
