package dev.flakerelay.webhook;

import dev.flakerelay.config.Config;
import dev.flakerelay.config.Trigger;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.secret.SecretValues;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The endpoint's answers: what is checked in which order, and that 202 is said only of what the
 * queue has taken. Knows no server; may be called by any number of threads.
 */
public final class Intake {
  /** Where deliveries are posted to. */
  public static final String WEBHOOK_PATH = "/webhook";

  /** Where dispatches with a token are posted to. */
  public static final String DISPATCH_PATH = "/dispatch";

  /** Where a health check asks. */
  public static final String HEALTH_PATH = "/healthz";

  private final Map<String, PostHandler> handlers = new TreeMap<>();
  private final JobQueue queue;

  /** An intake for one configuration, which tells nobody. */
  public Intake(Config config, SecretValues secrets, JobQueue queue, InstantSource clock) {
    this(config, secrets, queue, clock, _ -> {});
  }

  /**
   * An intake for one configuration. A path that no route needs does not exist.
   *
   * @param secrets any of them may have signed a delivery
   * @param listener is told each job that the queue has taken, and must not wait
   * @throws IllegalArgumentException if there is no secret, and a route waits for signed
   *     deliveries: none could ever be accepted
   */
  public Intake(
      Config config,
      SecretValues secrets,
      JobQueue queue,
      InstantSource clock,
      Consumer<Job> listener) {
    this.queue = queue;
    Router router = new Router(config);
    DispatchQueue dispatches = new DispatchQueue(queue, clock, listener);
    if (!secrets.isEmpty()) {
      handlers.put(WEBHOOK_PATH, new WebhookHandler(router, secrets, dispatches));
    } else if (!config.triggers().allMatch(Trigger.Dispatch.class::isInstance)) {
      throw new IllegalArgumentException("a webhook needs at least one secret");
    }
    if (config.triggers().anyMatch(Trigger.Dispatch.class::isInstance)) {
      handlers.put(
          DISPATCH_PATH, new DispatchHandler(router, config.endpoint(), dispatches, clock));
    }
  }

  /**
   * Answers a request whose body is of no matter, because its path, method or headers decide;
   * throws nothing. An endpoint asks this before it reads a body.
   *
   * @return empty if the answer depends on the body: it is authentic as far as one can see
   */
  public Optional<Answer> answerHead(RequestHead head) {
    return answered(head, () -> byPath(head));
  }

  /** Answers a request, whatever it is; throws nothing. */
  public Answer answer(Request request) {
    RequestHead head = request.head();
    return answerHead(head)
        .or(() -> answered(head, () -> handler(head).map(handler -> handler.take(request))))
        .orElseThrow();
  }

  private static Optional<Answer> answered(RequestHead head, Supplier<Optional<Answer>> answer) {
    try {
      return answer.get();
    } catch (RuntimeException e) {
      // A mistake of ours. The sender sees that nothing was accepted, the log says what happened.
      return Optional.of(
          WebhookHandler.identified(
              Answer.error(500, "internal error, nothing was accepted")
                  .about("cause", e.toString()),
              head));
    }
  }

  private Optional<PostHandler> handler(RequestHead head) {
    return Optional.ofNullable(handlers.get(head.path()));
  }

  private Optional<Answer> byPath(RequestHead head) {
    if (head.path().equals(HEALTH_PATH)) {
      return Optional.of(
          switch (head.method()) {
            case "GET", "HEAD" -> health();
            default -> wrongMethod("GET, HEAD");
          });
    }
    Optional<PostHandler> handler = handler(head);
    if (handler.isEmpty()) {
      return Optional.of(
          Answer.error(
              404, "not found: deliveries are posted to " + String.join(", ", handlers.keySet())));
    }
    if (!head.method().equals("POST")) {
      return Optional.of(wrongMethod("POST"));
    }
    return head.isTooLong()
        ? Optional.of(
            Answer.error(413, "the body is longer than " + Request.LONGEST_BODY + " bytes"))
        : handler.get().refuse(head);
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
}
