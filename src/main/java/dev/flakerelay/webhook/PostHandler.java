package dev.flakerelay.webhook;

import java.util.Optional;

/** What is done with a POST to one path. Throws nothing that is not a mistake of ours. */
interface PostHandler {
  /**
   * Why a request can't be accepted, whatever its body is.
   *
   * @return empty if the answer depends on the body: it is authentic as far as one can see
   */
  Optional<Answer> refuse(RequestHead head);

  /** Answers a request that {@link #refuse} did not refuse. */
  Answer take(Request request);
}
