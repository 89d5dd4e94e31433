package dev.flakerelay.forge.github;

import dev.flakerelay.RetryableException;
import dev.flakerelay.Token;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** A token, and with which requests it is shown. Not for several threads. */
final class TokenUse {
  private final Token token;
  private Sight sight;

  /** Who sees the repository that is asked for. */
  private enum Sight {
    UNKNOWN,
    EVERYBODY,
    TOKEN
  }

  private TokenUse(Token token, Sight sight) {
    this.token = token;
    this.sight = sight;
  }

  /** Shown with every request. */
  static TokenUse always(Token token) {
    return new TokenUse(token, Sight.TOKEN);
  }

  /**
   * Shown only if the repository that the requests are for is private, or if this address has asked
   * too much without it.
   */
  static TokenUse whereNeeded(Token token) {
    return new TokenUse(token, Sight.UNKNOWN);
  }

  Token token() {
    return token;
  }

  /** Sends a request, and again with the token where that was not shown and is needed. */
  HttpResponse<byte[]> send(HttpRequest.Builder request, Way way) throws RetryableException {
    if (sight != Sight.TOKEN) {
      HttpResponse<byte[]> response = way.send(request.build());
      if (response.statusCode() < 400) {
        sight = Sight.EVERYBODY;
      }
      if (!isRefused(response.statusCode())) {
        return response;
      }
      sight = Sight.TOKEN;
    }
    return way.send(request.header("Authorization", "Bearer " + token.value()).build());
  }

  /** To those who may not see a repository, GitHub says that it is not there. */
  private boolean isRefused(int status) {
    return status == 403
        || status == 429
        || (sight == Sight.UNKNOWN && (status == 401 || status == 404));
  }

  /** How a request is sent. */
  @FunctionalInterface
  interface Way {
    HttpResponse<byte[]> send(HttpRequest request) throws RetryableException;
  }
}
