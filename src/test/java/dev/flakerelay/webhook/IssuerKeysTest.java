package dev.flakerelay.webhook;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.support.Fault;
import dev.flakerelay.support.TokenIssuer;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The issuer's keys: kept, renewed, and asked for seldom. */
class IssuerKeysTest extends Dispatches {
  @Test
  void keysAreKeptAndANewOneIsFound() {
    String old = token();
    assertThat(send(old).status()).isEqualTo(202);
    assertThat(send(token()).status()).isEqualTo(202);
    assertThat(issuer.reads()).isEqualTo(1);
    issuer.rotate();
    now.set(now.get().plusSeconds(31));
    assertThat(send(token()).status()).isEqualTo(202);
    assertThat(send(old).status()).isEqualTo(202);
    assertThat(issuer.reads()).isEqualTo(2);
  }

  @Test
  void aKeyThatTheIssuerHasWithdrawnCountsForAnHourAtTheMost() {
    KeyPair old = issuer.key().getValue();
    String id = issuer.key().getKey();
    assertThat(send(token()).status()).isEqualTo(202);
    issuer.rotate();
    issuer.retireOldKeys();
    now.set(now.get().plus(Duration.ofMinutes(61)));
    queue.clear();
    Map<String, Object> claims = issuer.claims(AUDIENCE, now.get());
    requireRefused(send(issuer.sign(claims, header -> with(header, "kid", id), old)));
  }

  @Test
  void keysThatNobodyHasMakeNoFloodOfRequests() {
    KeyPair evil = TokenIssuer.newKey(2048);
    for (int i = 0; i < 200; i++) {
      String id = "made-up-" + i;
      requireRefused(
          send(
              issuer.sign(
                  issuer.claims(AUDIENCE, now.get()), header -> with(header, "kid", id), evil)));
    }
    assertThat(issuer.reads()).isEqualTo(1);
    for (String name : WrongTokenTest.wrongClaimsNames().subList(0, 11)) {
      requireRefused(send(token(requireNonNull(WrongTokenTest.wrongClaims().get(name)))));
    }
    assertThat(send(token()).status()).isEqualTo(202);
    assertThat(issuer.reads()).isEqualTo(1);
  }

  @Test
  void anIssuerThatCanNotBeAskedIsNobodysFault() {
    issuer.server().failNext(1, "/.well-known/jwks", new Fault.Status(500, Map.of(), "oops"));
    Answer answer = send(token());
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.headers()).containsKey("Retry-After");
    assertThat(text(answer)).doesNotContain(issuer.url());
    assertThat(line(answer)).contains(issuer.url() + "/.well-known/jwks: it answered 500");
    // It is left alone for a while, and asked again then.
    assertThat(send(token()).status()).isEqualTo(503);
    now.set(now.get().plusSeconds(31));
    assertThat(send(token()).status()).isEqualTo(202);
    assertThat(issuer.reads()).isEqualTo(2);
  }

  @Test
  void anIssuerSendsToNoOtherServer() {
    try (TokenIssuer other = new TokenIssuer()) {
      issuer.moveKeys(other.url() + "/.well-known/jwks");
      assertThat(line(send(token()))).contains("`jwks_uri` is not on the issuer's own server");
      now.set(now.get().plusSeconds(31));
      issuer.moveKeys(issuer.url() + "/.well-known/jwks");
      issuer
          .server()
          .failNext(
              1,
              "/.well-known/jwks",
              new Fault.Status(302, Map.of("Location", other.url() + "/.well-known/jwks"), ""));
      assertThat(send(token()).status()).isEqualTo(503);
      assertThat(other.server().requests()).isEmpty();
    }
  }

  @Test
  void manyAtOnceAreAnsweredByOneReadingOfTheKeys() throws Exception {
    try (var threads = Executors.newFixedThreadPool(12)) {
      List<Callable<Integer>> senders =
          IntStream.range(0, 12)
              .mapToObj(i -> (Callable<Integer>) () -> send(token()).status())
              .toList();
      List<Integer> statuses = new ArrayList<>();
      for (var each : threads.invokeAll(senders)) {
        statuses.add(each.get());
      }
      assertThat(statuses.stream().collect(Collectors.toSet())).containsExactly(202);
    }
    assertThat(issuer.reads()).isEqualTo(1);
  }
}
