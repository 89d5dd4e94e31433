package dev.flakerelay.webhook;

import dev.flakerelay.secret.Secret;
import dev.flakerelay.secret.SecretException;
import dev.flakerelay.secret.SecretValues;
import java.util.List;
import java.util.Optional;

/**
 * Takes signed deliveries.
 *
 * @param secrets any of them may have signed a delivery
 */
record WebhookHandler(Router router, SecretValues secrets, DispatchQueue queue)
    implements PostHandler {

  @Override
  public Optional<Answer> refuse(RequestHead head) {
    if (ContentType.of(head) == ContentType.OTHER) {
      return Optional.of(
          Answer.error(
              415,
              "the content type must be application/json or application/x-www-form-urlencoded"));
    }
    if (!Signature.isWellFormed(head.header(DeliveryHeaders.SIGNATURE).orElse(""))) {
      return Optional.of(identified(unsigned(), head));
    }
    try {
      Delivery.checkHead(head);
      return Optional.empty();
    } catch (MalformedDeliveryException e) {
      return Optional.of(identified(Answer.error(400, e.getMessage()), head));
    }
  }

  /** An unsigned request may claim anything: what has another form than it should is not logged. */
  static Answer identified(Answer answer, RequestHead head) {
    Optional<String> id = head.header(DeliveryHeaders.ID).filter(Delivery::isId);
    Optional<String> event = head.header(DeliveryHeaders.EVENT).filter(Delivery::isEvent);
    Answer about = event.map(name -> answer.about("github_event", name)).orElse(answer);
    return id.map(name -> about.about("delivery", name)).orElse(about);
  }

  private static Answer unsigned() {
    return Answer.error(401, "signature");
  }

  @Override
  public Answer take(Request request) {
    return identified(delivered(request), request.head());
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
    return router.waitingFor(dispatch).isEmpty()
        ? Answer.ignored(router.ignored(dispatch).why())
        : queue.take(dispatch, router.waitingFor(dispatch), delivery, request.bodyHash());
  }
}
