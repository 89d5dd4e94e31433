package dev.flakerelay.support;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.interfaces.RSAPublicKey;
import java.time.Instant;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import tools.jackson.databind.json.JsonMapper;

/**
 * The OIDC provider of GitHub Actions, at {@code http://127.0.0.1}: discovery document, keys, and
 * the tokens that a job asks for, with all claims that "OpenID Connect reference" in GitHub's
 * documentation lists.
 */
public final class TokenIssuer implements AutoCloseable {
  /** What a job shows to be given a token. */
  public static final String REQUEST_TOKEN = "request-token-of-the-job";

  private static final String KEYS = "/.well-known/jwks";

  /** The key that each begins with, made once: it takes seconds. */
  private static final class First {
    static final KeyPair KEY = newKey(2048);
  }

  private final TestHttpServer server;
  private final Map<String, KeyPair> published = new LinkedHashMap<>();
  private final List<String> given = new CopyOnWriteArrayList<>();
  private String jwksUri;
  private String key;

  /** Starts one with a key. */
  public TokenIssuer() {
    this.server = TestHttpServer.plain(this::answer);
    this.jwksUri = url() + KEYS;
    this.key = publishAsNewest(First.KEY);
  }

  /** The issuer's address. */
  public String url() {
    return "http://127.0.0.1:" + server.port();
  }

  /** The server, for its faults and its requests. */
  public TestHttpServer server() {
    return server;
  }

  /** How often the keys were read. */
  public long reads() {
    return server.requests().stream().filter(each -> each.path().equals(KEYS)).count();
  }

  /** From now on tokens are signed with a new key; the old ones are still published. */
  public synchronized String rotate() {
    return publishAsNewest(newKey(2048));
  }

  private synchronized String publishAsNewest(KeyPair pair) {
    key = UUID.randomUUID().toString();
    published.put(key, pair);
    return key;
  }

  /** Publishes no key any more but the newest one. */
  public synchronized void retireOldKeys() {
    published.keySet().removeIf(id -> !id.equals(key));
  }

  /** Says in the discovery document that the keys are elsewhere. */
  public void moveKeys(String address) {
    jwksUri = address;
  }

  /** A key pair that the issuer does not have. */
  public static KeyPair newKey(int bits) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has RSA", e);
    }
  }

  /** The newest key and its id. */
  public synchronized Map.Entry<String, KeyPair> key() {
    return Map.entry(key, published.get(key));
  }

  /** Publishes a key under an id. */
  public synchronized void publish(String id, KeyPair pair) {
    published.put(id, pair);
  }

  /** The tokens that jobs were given. */
  public List<String> given() {
    return List.copyOf(given);
  }

  /** The claims of a token that a job of {@code markus-barta/nixfleet} is given now. */
  public Map<String, Object> claims(String audience, Instant now) {
    Map<String, Object> claims = new LinkedHashMap<>();
    claims.put("actor", "markus-barta");
    claims.put("actor_id", "1024025");
    claims.put("aud", audience);
    claims.put("base_ref", "");
    claims.put("check_run_id", "55555555555");
    claims.put("enterprise", "");
    claims.put("event_name", "push");
    claims.put("exp", now.plusSeconds(300).getEpochSecond());
    claims.put("head_ref", "");
    claims.put("iat", now.getEpochSecond());
    claims.put("iss", url());
    claims.put(
        "job_workflow_ref",
        "markus-barta/nixfleet/.github/workflows/release.yml@refs/heads/master");
    claims.put("job_workflow_sha", "37d5e2c8bb1e2bb1d4cd6a4fd3c1e2f0a9b8c7d6");
    claims.put("jti", UUID.randomUUID().toString());
    claims.put("nbf", now.minusSeconds(300).getEpochSecond());
    claims.put("ref", "refs/heads/master");
    claims.put("ref_protected", "true");
    claims.put("ref_type", "branch");
    claims.put("repository", "markus-barta/nixfleet");
    claims.put("repository_id", "987654321");
    claims.put("repository_owner", "markus-barta");
    claims.put("repository_owner_id", "1024025");
    claims.put("repository_visibility", "public");
    claims.put("run_attempt", "1");
    claims.put("run_id", "12345678901");
    claims.put("run_number", "42");
    claims.put("runner_environment", "github-hosted");
    claims.put("sha", "37d5e2c8bb1e2bb1d4cd6a4fd3c1e2f0a9b8c7d6");
    claims.put("sub", "repo:markus-barta@1024025/nixfleet@987654321:ref:refs/heads/master");
    claims.put("workflow", "Release");
    claims.put(
        "workflow_ref", "markus-barta/nixfleet/.github/workflows/release.yml@refs/heads/master");
    claims.put("workflow_sha", "37d5e2c8bb1e2bb1d4cd6a4fd3c1e2f0a9b8c7d6");
    return claims;
  }

  /** A token with some claims changed. */
  public String token(String audience, Instant now, Consumer<Map<String, Object>> change) {
    Map<String, Object> claims = claims(audience, now);
    change.accept(claims);
    return sign(claims, header -> header, key().getValue());
  }

  /** A token as a job is given it. */
  public String token(String audience, Instant now) {
    return token(audience, now, claims -> {});
  }

  /** Signs claims by RS256, whatever the header says. */
  public String sign(
      Map<String, Object> claims, UnaryOperator<Map<String, Object>> header, KeyPair with) {
    Map<String, Object> usual = new LinkedHashMap<>();
    usual.put("typ", "JWT");
    usual.put("alg", "RS256");
    usual.put("x5t", "ykNaY4qM_ta4k2TgZOCEYLkcYlA");
    usual.put("kid", key().getKey());
    String content = encoded(header.apply(usual)) + "." + encoded(claims);
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(with.getPrivate());
      signature.update(content.getBytes(StandardCharsets.US_ASCII));
      return content + "." + base64(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has RSA", e);
    }
  }

  /** A part of a token. */
  public static String encoded(Map<String, Object> json) {
    return base64(JsonMapper.shared().writeValueAsBytes(json));
  }

  /** Base64url without padding (RFC 7515). */
  public static String base64(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private Answer answer(Request request) {
    return switch (request.path()) {
      case "/.well-known/openid-configuration" -> Answer.json(200, discovery());
      case KEYS -> Answer.json(200, Map.of("keys", jwks()));
      case "/idtoken" -> idToken(request);
      default -> Answer.text(404, "");
    };
  }

  private Map<String, Object> discovery() {
    Map<String, Object> document = new LinkedHashMap<>();
    document.put("issuer", url());
    document.put("jwks_uri", jwksUri);
    document.put("subject_types_supported", List.of("public", "pairwise"));
    document.put("response_types_supported", List.of("id_token"));
    document.put("claims_supported", List.copyOf(claims("", Instant.EPOCH).keySet()));
    document.put("id_token_signing_alg_values_supported", List.of("RS256"));
    document.put("scopes_supported", List.of("openid"));
    return document;
  }

  private synchronized List<Map<String, String>> jwks() {
    return published.entrySet().stream().map(TokenIssuer::jwk).toList();
  }

  private static Map<String, String> jwk(Map.Entry<String, KeyPair> key) {
    RSAPublicKey rsa = (RSAPublicKey) key.getValue().getPublic();
    return Map.of(
        "kty",
        "RSA",
        "alg",
        "RS256",
        "use",
        "sig",
        "kid",
        key.getKey(),
        "n",
        base64(unsigned(rsa.getModulus())),
        "e",
        base64(unsigned(rsa.getPublicExponent())));
  }

  private static byte[] unsigned(BigInteger number) {
    byte[] bytes = number.toByteArray();
    return bytes[0] == 0 ? java.util.Arrays.copyOfRange(bytes, 1, bytes.length) : bytes;
  }

  /** "OpenID Connect" in GitHub's documentation, "Methods for requesting the OIDC token". */
  private Answer idToken(Request request) {
    String shown = request.header("authorization").orElse("");
    if (!shown.equalsIgnoreCase("bearer " + REQUEST_TOKEN)) {
      return Answer.json(401, Map.of("message", "Bad credentials"));
    }
    String token =
        token(
            request.parameter("audience").orElse("https://github.com/markus-barta"), Instant.now());
    given.add(token);
    return Answer.json(200, Map.of("count", token.length(), "value", token));
  }

  @Override
  public void close() {
    server.close();
  }
}
