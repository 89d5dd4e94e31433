package dev.flakerelay.webhook;

import dev.flakerelay.VisibleText;
import dev.flakerelay.config.PublicEndpoint;
import dev.flakerelay.config.Route;
import dev.flakerelay.config.name.RepositoryName;
import dev.flakerelay.oidc.InvalidTokenException;
import dev.flakerelay.oidc.IssuerUnavailableException;
import dev.flakerelay.oidc.TokenVerifier;
import dev.flakerelay.oidc.WorkflowToken;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Takes dispatches whose sender is proven by an OIDC token of its workflow (RFC 6750,
 * "Authorization Request Header Field"). Everything that is wrong with a token, its repository and
 * its ref included, is answered alike; the log has the reason.
 */
final class DispatchHandler implements PostHandler {
  private static final Pattern BEARER =
      Pattern.compile("(?i:bearer) +([A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+\\.[A-Za-z0-9_-]+)");

  private final Router router;
  private final PublicEndpoint endpoint;
  private final DispatchQueue queue;
  private final InstantSource clock;
  private @Nullable TokenVerifier verifier;

  DispatchHandler(
      Router router, PublicEndpoint endpoint, DispatchQueue queue, InstantSource clock) {
    this.router = router;
    this.endpoint = endpoint;
    this.queue = queue;
    this.clock = clock;
  }

  @Override
  public Optional<Answer> refuse(RequestHead head) {
    if (ContentType.of(head) != ContentType.JSON) {
      return Optional.of(Answer.error(415, "the content type must be application/json"));
    }
    return token(head).isEmpty() ? Optional.of(untrusted("no bearer token")) : Optional.empty();
  }

  private static Optional<String> token(RequestHead head) {
    Matcher bearer = BEARER.matcher(head.header("Authorization").orElse("").strip());
    return bearer.matches() ? Optional.of(bearer.group(1)) : Optional.empty();
  }

  private static Answer untrusted(String why) {
    return Answer.error(401, "token").about("cause", why);
  }

  @Override
  public Answer take(Request request) {
    try {
      WorkflowToken token = verifier().verify(token(request.head()).orElse(""));
      return sent(token, request)
          .about("delivery", delivery(token))
          .about("sender", VisibleText.brief(token.repository() + " " + token.ref()));
    } catch (InvalidTokenException e) {
      return untrusted(e.getMessage());
    } catch (IssuerUnavailableException e) {
      return Answer.unavailable(
              "the token can't be verified just now, nothing was accepted: send it again")
          .about("cause", e.getMessage());
    }
  }

  /** Made when the first token comes, so that its library is loaded only where tokens are used. */
  private synchronized TokenVerifier verifier() {
    TokenVerifier made = verifier;
    if (made == null) {
      made = new TokenVerifier(endpoint.issuer(), endpoint.url().orElseThrow(), clock);
      verifier = made;
    }
    return made;
  }

  /** The run, as GitHub's addresses have it: {@code actions/runs/RUN/attempts/ATTEMPT}. */
  private static String delivery(WorkflowToken token) {
    return "run-" + token.run() + "-" + token.attempt();
  }

  private Answer sent(WorkflowToken token, Request request) {
    try {
      RepositoryName repository = RepositoryName.parse(token.repository());
      Dispatch sender = new Dispatch.ByToken(repository, token.ref(), Payload.NONE);
      List<Route> routes = router.waitingFor(sender);
      if (routes.isEmpty()) {
        return untrusted("no route waits for a dispatch of this sender");
      }
      Dispatch dispatch =
          new Dispatch.ByToken(repository, token.ref(), Payload.parse(request.body()));
      return queue.take(dispatch, routes, delivery(token), proof(token, dispatch));
    } catch (IllegalArgumentException e) {
      return untrusted("the token's repository is not owner/name");
    } catch (MalformedDeliveryException e) {
      return Answer.error(400, e.getMessage());
    }
  }

  /**
   * The token does not sign the body, and both can be written in several ways: what counts is the
   * token's own id, and what was asked for with it.
   */
  private static String proof(WorkflowToken token, Dispatch dispatch)
      throws MalformedDeliveryException {
    return Request.hash(token.id() + " " + dispatch.revision());
  }
}
