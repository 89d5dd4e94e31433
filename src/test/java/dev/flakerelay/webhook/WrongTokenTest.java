package dev.flakerelay.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.support.TokenIssuer;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tokens of others, of other issuers, and of no issuer. */
class WrongTokenTest extends Dispatches {
  private static long number(Map<String, Object> claims, String name) {
    return (long) requireNonNull(claims.get(name));
  }

  static Map<String, Consumer<Map<String, Object>>> wrongClaims() {
    Map<String, Consumer<Map<String, Object>>> wrong = new LinkedHashMap<>();
    wrong.put("another issuer", c -> c.put("iss", "https://token.actions.example.org"));
    wrong.put("the issuer and a slash", c -> c.put("iss", c.get("iss") + "/"));
    wrong.put("no issuer", c -> c.remove("iss"));
    wrong.put("another audience", c -> c.put("aud", "https://github.com/markus-barta"));
    wrong.put("a longer audience", c -> c.put("aud", AUDIENCE + ".evil.example"));
    wrong.put("two audiences", c -> c.put("aud", List.of(AUDIENCE, "https://other.example")));
    wrong.put("no audience", c -> c.remove("aud"));
    wrong.put("a number as audience", c -> c.put("aud", 1));
    wrong.put("expired", c -> c.put("exp", number(c, "iat") - 61));
    wrong.put("no end", c -> c.remove("exp"));
    wrong.put("an end that is text", c -> c.put("exp", "tomorrow"));
    wrong.put("not valid yet", c -> c.put("nbf", number(c, "iat") + 120));
    wrong.put("issued in the future", c -> c.put("iat", number(c, "exp")));
    wrong.put("another repository", c -> c.put("repository", "markus-barta/nixfleet2"));
    wrong.put("another owner", c -> c.put("repository", "evil/nixfleet"));
    wrong.put("a repository that is none", c -> c.put("repository", "../nixfleet/x"));
    wrong.put("no repository", c -> c.remove("repository"));
    wrong.put("two repositories", c -> c.put("repository", List.of("markus-barta/nixfleet")));
    wrong.put("another branch", c -> c.put("ref", "refs/heads/evil"));
    wrong.put("a tag of the branch's name", c -> c.put("ref", "refs/tags/master"));
    wrong.put("a branch that ends alike", c -> c.put("ref", "refs/heads/x/refs/heads/master"));
    wrong.put("a pull request", c -> c.put("ref", "refs/pull/7/merge"));
    wrong.put("no ref", c -> c.remove("ref"));
    wrong.put("no run", c -> c.remove("run_id"));
    wrong.put("a run with words", c -> c.put("run_id", "1\nRelay-Delivery: x"));
    wrong.put("no id", c -> c.remove("jti"));
    // Whoever may name a repository may name it so; the subject proves nothing.
    wrong.put(
        "the right subject alone",
        c -> {
          c.put("sub", "repo:markus-barta/nixfleet:ref:refs/heads/master");
          c.put("repository", "evil/x");
        });
    return wrong;
  }

  static List<String> wrongClaimsNames() {
    return List.copyOf(wrongClaims().keySet());
  }

  @ParameterizedTest
  @MethodSource("wrongClaimsNames")
  void aTokenOfSomebodyElseIsAnswered401AndNothingMore(String name) {
    requireRefused(send(token(requireNonNull(wrongClaims().get(name)))));
  }

  @Test
  void aTokenWithoutARightSignatureIsRefused() throws Exception {
    Map<String, Object> claims = issuer.claims(AUDIENCE, now.get());
    String right = token();
    String content = right.substring(0, right.lastIndexOf('.'));
    KeyPair own = issuer.key().getValue();
    RSAPublicKey published = (RSAPublicKey) own.getPublic();
    List<String> wrong = new ArrayList<>();
    wrong.add(issuer.sign(claims, header -> header, TokenIssuer.newKey(2048)));
    wrong.add(content + "." + TokenIssuer.base64(new byte[256]));
    wrong.add(content + ".AA");
    for (String none : List.of("none", "None", "NONE", "nOnE")) {
      String unsigned =
          TokenIssuer.encoded(Map.of("alg", none)) + "." + TokenIssuer.encoded(claims) + ".";
      wrong.add(unsigned);
      wrong.add(unsigned + "AA");
    }
    for (byte[] key :
        List.of(
            published.getEncoded(),
            published.getModulus().toByteArray(),
            TokenIssuer.base64(published.getEncoded()).getBytes(UTF_8))) {
      String hmac =
          TokenIssuer.encoded(Map.of("alg", "HS256", "kid", issuer.key().getKey()))
              + "."
              + TokenIssuer.encoded(claims);
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      wrong.add(hmac + "." + TokenIssuer.base64(mac.doFinal(hmac.getBytes(UTF_8))));
    }
    for (Map.Entry<String, Object> each :
        Map.<String, Object>of(
                "alg", "RS512", "kid", "another", "crit", List.of("exp"), "b64", false)
            .entrySet()) {
      wrong.add(issuer.sign(claims, header -> with(header, each.getKey(), each.getValue()), own));
    }
    // Its own key in the header, or where to find it.
    KeyPair evil = TokenIssuer.newKey(2048);
    RSAPublicKey key = (RSAPublicKey) evil.getPublic();
    Map<String, Object> jwk =
        Map.of(
            "kty", "RSA",
            "e", TokenIssuer.base64(key.getPublicExponent().toByteArray()),
            "n", TokenIssuer.base64(key.getModulus().toByteArray()));
    wrong.add(issuer.sign(claims, header -> with(header, "jwk", jwk), evil));
    wrong.add(issuer.sign(claims, header -> with(header, "jku", "http://127.0.0.1:1/"), evil));
    wrong.add(issuer.sign(claims, header -> without(header, "kid"), own));
    // What was signed, with another payload.
    wrong.add(
        content.substring(0, content.indexOf('.'))
            + "."
            + TokenIssuer.encoded(issuer.claims(AUDIENCE, now.get().plusSeconds(1)))
            + right.substring(right.lastIndexOf('.')));
    for (String each : wrong) {
      requireRefused(send(each));
    }
    for (String each :
        List.of("", "x", "a.b", "a.b.c", "a.b.c.d.e", "é.é.é", right + "," + right)) {
      requireRefused(send(each));
    }
    assertThat(send(right).status()).isEqualTo(202);
  }

  private static Map<String, Object> without(Map<String, Object> header, String name) {
    header.remove(name);
    return header;
  }

  @Test
  void aShortKeyProvesNothing() {
    KeyPair weak = TokenIssuer.newKey(1024);
    issuer.publish("weak", weak);
    requireRefused(
        send(
            issuer.sign(
                issuer.claims(AUDIENCE, now.get()), header -> with(header, "kid", "weak"), weak)));
  }

  @Test
  void clocksMayBeAMinuteApart() {
    String token = token();
    now.set(now.get().plusSeconds(300 + 59));
    assertThat(send(token).status()).isEqualTo(202);
    now.set(now.get().plusSeconds(1));
    queue.clear();
    requireRefused(send(token));
    now.set(now.get().minusSeconds(300 + 60 + 50));
    assertThat(send(token).status()).isEqualTo(202);
  }
}
