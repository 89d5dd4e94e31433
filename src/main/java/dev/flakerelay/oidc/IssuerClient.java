package dev.flakerelay.oidc;

import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import dev.flakerelay.net.ConnectionFailure;
import java.net.Authenticator;
import java.net.ProxySelector;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.text.ParseException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;

/**
 * Reads an issuer's keys over HTTP: the discovery document names where they are (OpenID Connect
 * Discovery 1.0, "OpenID Provider Metadata"). Only the issuer's own server is asked, and no
 * redirect is followed, so that no answer leads to another machine.
 *
 * @param issuer the issuer's address, without a slash at its end
 */
record IssuerClient(String issuer) {
  /**
   * For both requests together: GitHub gives up a delivery after 10 s, and Lambda this function.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final int MOST_BYTES = 1 << 20;

  /**
   * The keys that the issuer has now.
   *
   * @throws IssuerUnavailableException if it could not be asked, or says something else
   */
  JWKSet keys() throws IssuerUnavailableException {
    URI discovery = URI.create(issuer + "/.well-known/openid-configuration");
    long end = System.nanoTime() + PATIENCE.toNanos();
    try (HttpClient client = client()) {
      try {
        URI keys = keysAddress(discovery, get(client, discovery, end));
        return JWKSet.parse(get(client, keys, end));
      } catch (ParseException e) {
        throw failed(discovery, "the answer is not what OpenID Connect says", e);
      } finally {
        client.shutdownNow();
      }
    }
  }

  private static HttpClient client() {
    HttpClient.Builder builder = HttpClient.newBuilder().connectTimeout(PATIENCE);
    Optional.ofNullable(ProxySelector.getDefault()).ifPresent(builder::proxy);
    Optional.ofNullable(Authenticator.getDefault()).ifPresent(builder::authenticator);
    try {
      return builder.sslContext(SSLContext.getDefault()).build();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has TLS", e);
    }
  }

  private URI keysAddress(URI discovery, String document)
      throws ParseException, IssuerUnavailableException {
    Map<String, Object> metadata = JSONObjectUtils.parse(document);
    if (!issuer.equals(metadata.get("issuer"))) {
      throw failed(discovery, "it speaks of another issuer: write that as `token-issuer`", null);
    }
    try {
      URI keys = new URI(String.valueOf(metadata.get("jwks_uri")));
      if (Objects.equals(keys.getScheme(), discovery.getScheme())
          && Objects.equals(keys.getAuthority(), discovery.getAuthority())) {
        return keys;
      }
    } catch (URISyntaxException e) {
      // said below
    }
    throw failed(discovery, "its `jwks_uri` is not on the issuer's own server", null);
  }

  private static String get(HttpClient client, URI address, long end)
      throws IssuerUnavailableException {
    HttpRequest request =
        HttpRequest.newBuilder(address)
            .header("Accept", "application/json")
            .header("User-Agent", "flake-relay")
            .build();
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(request, BodyHandlers.limiting(BodyHandlers.ofByteArray(), MOST_BYTES));
    try {
      HttpResponse<byte[]> response =
          answer.get(Math.max(1, end - System.nanoTime()), TimeUnit.NANOSECONDS);
      if (response.statusCode() != 200) {
        throw failed(address, "it answered " + response.statusCode(), null);
      }
      return new String(response.body(), StandardCharsets.UTF_8);
    } catch (TimeoutException e) {
      throw failed(address, "no answer within " + PATIENCE.toSeconds() + " s", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failed(address, "this process is being stopped", e);
    } catch (ExecutionException e) {
      String why =
          ConnectionFailure.words(e, address.getAuthority()).orElse("the connection broke off");
      throw failed(address, why, e);
    } finally {
      answer.cancel(true);
    }
  }

  private static IssuerUnavailableException failed(
      URI address, String why, @org.jspecify.annotations.Nullable Throwable cause) {
    return new IssuerUnavailableException(
        "could not read the token issuer's keys at " + address + ": " + why, cause);
  }
}
