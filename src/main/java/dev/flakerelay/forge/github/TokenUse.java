package dev.flakerelay.forge.github;

import dev.flakerelay.Access;
import dev.flakerelay.JobException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Token;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** With which requests a token is shown. Not for several threads. */
final class TokenUse {
  private final Access access;
  private final List<Token> shown = new ArrayList<>();
  private Sight sight;

  /** Who sees the repository that is asked for. */
  private enum Sight {
    UNKNOWN,
    EVERYBODY,
    TOKEN
  }

  private TokenUse(Access access, Sight sight) {
    this.access = access;
    this.sight = sight;
  }

  /** Shown with every request. */
  static TokenUse always(Access access) {
    return new TokenUse(access, Sight.TOKEN);
  }

  /**
   * Shown only if the repository that the requests are for is private, or if this address has asked
   * too much without it.
   */
  static TokenUse whereNeeded(Access access) {
    return new TokenUse(access, Sight.UNKNOWN);
  }

  /** The key in relay.yaml that the token comes from. */
  String setting() {
    return access.setting();
  }

  /** What a server said, without the tokens that it was shown. */
  String hide(String words) {
    String hidden = words;
    for (Token each : shown) {
      hidden = each.hide(hidden);
    }
    return hidden;
  }

  /**
   * Sends a request, and again with the token where that was not shown and is needed, or with
   * another one where it has ended.
   */
  HttpResponse<byte[]> send(HttpRequest.Builder request, Way way) throws JobException {
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
    Token token = access.token();
    HttpResponse<byte[]> response = way.send(showing(token, request));
    if (response.statusCode() == 401) {
      Optional<Token> other = access.replacing(token);
      if (other.isPresent()) {
        return way.send(showing(other.get(), request));
      }
    }
    return response;
  }

  private HttpRequest showing(Token token, HttpRequest.Builder request) {
    shown.add(token);
    return request.setHeader("Authorization", "Bearer " + token.value()).build();
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
