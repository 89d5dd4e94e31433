package dev.flakerelay.net;

import java.net.Authenticator;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/**
 * HTTP requests over the proxies and with the certificates that are this process's own, one at a
 * time. Redirects are not followed: what is secret would travel along.
 */
public final class HttpExchange implements AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(10);
  private static final long MOST_BYTES = 4 << 20;
  private static final String BROKEN_OFF = "the connection broke off";

  private final HttpClient client;

  /** A client without connections. */
  public HttpExchange() {
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(CONNECT);
    Optional.ofNullable(ProxySelector.getDefault()).ifPresent(builder::proxy);
    Optional.ofNullable(Authenticator.getDefault()).ifPresent(builder::authenticator);
    try {
      this.client = builder.sslContext(SSLContext.getDefault()).build();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has TLS", e);
    }
  }

  /** There was no answer; the message says why, in a user's words. */
  public static final class Failed extends Exception {
    private static final long serialVersionUID = 1;

    Failed(String message, Throwable cause) {
      super(message, cause);
    }

    @Override
    public String getMessage() {
      return String.valueOf(super.getMessage());
    }
  }

  /**
   * Sends a request. Its own timeout would end with the headers; this one with the body.
   *
   * @param time how long the answer may take, to its last byte
   * @param server as messages name it
   * @throws Failed if there is no whole answer of at most 4 MiB
   */
  public HttpResponse<byte[]> send(HttpRequest request, Duration time, String server)
      throws Failed {
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
    try {
      return answer.get(time.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new Failed("no answer within " + time.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Failed("this process is being stopped", e);
    } catch (ExecutionException e) {
      throw new Failed(ConnectionFailure.words(e, server).orElse(BROKEN_OFF), e);
    } finally {
      answer.cancel(true);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
    client.close();
  }
}
