package dev.flakerelay.webhook;

import dev.flakerelay.config.Config;
import dev.flakerelay.config.Route;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.secret.SecretException;
import dev.flakerelay.secret.SecretValues;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

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
  private final Consumer<Job> listener;

  /** An intake for one configuration, which tells nobody. */
  public Intake(Config config, SecretValues secrets, JobQueue queue, InstantSource clock) {
    this(config, secrets, queue, clock, _ -> {});
  }

  /**
   * An intake for one configuration.
   *
   * @param secrets any of them may have signed a delivery
   * @param listener is told each job that the queue has taken, and must not wait
   * @throws IllegalArgumentException if there is no secret: nothing could ever be accepted
   */
  public Intake(
      Config config,
      SecretValues secrets,
      JobQueue queue,
      InstantSource clock,
      Consumer<Job> listener) {
    if (secrets.isEmpty()) {
      throw new IllegalArgumentException("a webhook needs at least one secret");
    }
    this.router = new Router(config);
    this.secrets = secrets;
    this.queue = queue;
    this.clock = clock;
    this.listener = listener;
  }

  /**
   * Answers a request whose body is of no matter, because its path, method or headers decide;
   * throws nothing. An endpoint asks this before it reads a body.
   *
   * @return empty if the answer depends on the body: it is signed as far as one can see
   */
  public Optional<Answer> answerHead(RequestHead head) {
    return answered(head, () -> byPath(head));
  }

  /** Answers a request, whatever it is; throws nothing. */
  public Answer answer(Request request) {
    return answerHead(request.head())
        .or(() -> answered(request.head(), () -> Optional.of(delivered(request))))
        .orElseThrow();
  }

  private static Optional<Answer> answered(RequestHead head, Supplier<Optional<Answer>> answer) {
    try {
      return answer.get().map(given -> identified(given, head));
    } catch (RuntimeException e) {
      // A mistake of ours. The sender sees that nothing was accepted, the log says what happened.
      return Optional.of(
          identified(
              Answer.error(500, "internal error, nothing was accepted")
                  .about("cause", e.toString()),
              head));
    }
  }

  /** An unsigned request may claim anything: what has another form than it should is not logged. */
  private static Answer identified(Answer answer, RequestHead head) {
    Optional<String> id = head.header(DeliveryHeaders.ID).filter(Delivery::isId);
    Optional<String> event = head.header(DeliveryHeaders.EVENT).filter(Delivery::isEvent);
    Answer about = event.map(name -> answer.about("github_event", name)).orElse(answer);
    return id.map(name -> about.about("delivery", name)).orElse(about);
  }

  private Optional<Answer> byPath(RequestHead head) {
    return switch (head.path()) {
      case WEBHOOK_PATH ->
          head.method().equals("POST") ? undeliverable(head) : Optional.of(wrongMethod("POST"));
      case HEALTH_PATH ->
          Optional.of(
              switch (head.method()) {
                case "GET", "HEAD" -> health();
                default -> wrongMethod("GET, HEAD");
              });
      default ->
          Optional.of(Answer.error(404, "not found: deliveries are posted to " + WEBHOOK_PATH));
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

  /** Why a delivery can't be accepted, whatever its body is. */
  private static Optional<Answer> undeliverable(RequestHead head) {
    if (head.isTooLong()) {
      return Optional.of(
          Answer.error(413, "the body is longer than " + Request.LONGEST_BODY + " bytes"));
    }
    if (ContentType.of(head) == ContentType.OTHER) {
      return Optional.of(
          Answer.error(
              415,
              "the content type must be application/json or application/x-www-form-urlencoded"));
    }
    if (!Signature.isWellFormed(head.header(DeliveryHeaders.SIGNATURE).orElse(""))) {
      return Optional.of(unsigned());
    }
    try {
      Delivery.checkHead(head);
      return Optional.empty();
    } catch (MalformedDeliveryException e) {
      return Optional.of(Answer.error(400, e.getMessage()));
    }
  }

  private static Answer unsigned() {
    return Answer.error(401, "signature");
  }

  private Answer delivered(Request request) {
    try {
      if (!isSigned(request)) {
        return unsigned();
      }
      Delivery delivery = Delivery.parse(request);
      return switch (router.read(delivery)) {
        case Event.Ignored ignored -> Answer.ignored(ignored.why());
        case Dispatch dispatch -> dispatched(dispatch, delivery.id(), request);
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
    List<Secret> known = secrets.current();
    if (Signature.isValid(signature, request.body(), known)) {
      return true;
    }
    List<Secret> newest = secrets.refreshed();
    return !newest.equals(known) && Signature.isValid(signature, request.body(), newest);
  }

  private Answer dispatched(Dispatch dispatch, String delivery, Request request)
      throws MalformedDeliveryException {
    List<Route> routes = router.waitingFor(dispatch);
    if (routes.isEmpty()) {
      return Answer.ignored(router.ignored(dispatch).why());
    }
    return queued(Router.jobs(routes, dispatch, delivery, clock.instant()), request.bodyHash());
  }

  private Answer queued(List<Job> jobs, String signedBody) {
    try {
      Set<String> known = queue.send(jobs, signedBody);
      jobs.stream().filter(job -> !known.contains(job.id())).forEach(listener);
      return Answer.accepted(
          jobs.stream().map(job -> Accepted.of(job, known.contains(job.id()))).toList());
    } catch (QueueUnavailableException | RuntimeException e) {
      return Answer.unavailable("the queue did not take it, nothing was accepted: send it again")
          .about("cause", String.valueOf(e.getMessage()));
    }
  }
}
