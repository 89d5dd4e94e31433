package dev.flakerelay.oidc;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Verifies the OIDC tokens of GitHub Actions ("OpenID Connect reference" in GitHub's documentation;
 * RFC 7519, RFC 8725): RS256 with a key of the issuer, made by it for this relay, and for now. What
 * the token says of itself is looked at first, so that the issuer is asked for keys only where the
 * signature decides. {@code sub} is not looked at: its form is the sender's to choose.
 */
public final class TokenVerifier {
  /** GitHub's are some 2 KB. */
  private static final int LONGEST = 16 << 10;

  /** How far two machines' clocks may be apart. */
  private static final Duration SKEW = Duration.ofSeconds(60);

  private static final int SHORTEST_KEY_BITS = 2048;
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,20}");
  private static final Pattern PRINTABLE = Pattern.compile("[!-~]{1,200}");
  private static final Pattern REF = Pattern.compile("refs/[^\\p{Cntrl}]{1,1000}");

  private final String issuer;
  private final String audience;
  private final IssuerKeys keys;
  private final InstantSource clock;

  /**
   * A verifier that has asked for nothing yet.
   *
   * @param issuer who makes the tokens, an address without a slash at its end
   * @param audience for whom, an address without a slash at its end; a token may have one
   */
  public TokenVerifier(String issuer, String audience, InstantSource clock) {
    this.issuer = issuer;
    this.audience = audience;
    this.keys = new IssuerKeys(new IssuerClient(issuer), clock);
    this.clock = clock;
  }

  /**
   * Verifies a token.
   *
   * @param token a JWS in its compact form (RFC 7515)
   * @throws InvalidTokenException if it proves nothing here
   * @throws IssuerUnavailableException if that can't be found out now
   */
  public WorkflowToken verify(String token)
      throws InvalidTokenException, IssuerUnavailableException {
    try {
      if (token.length() > LONGEST) {
        throw new InvalidTokenException("the token is longer than any of the issuer's");
      }
      SignedJWT jwt = SignedJWT.parse(token);
      JWTClaimsSet claims = jwt.getJWTClaimsSet();
      requireOurs(jwt, claims);
      requireNow(claims);
      requireSigned(jwt);
      return new WorkflowToken(
          claim(claims, "jti", PRINTABLE),
          claim(claims, "repository", PRINTABLE),
          claim(claims, "ref", REF),
          claim(claims, "run_id", DIGITS),
          claim(claims, "run_attempt", DIGITS));
    } catch (ParseException | IllegalArgumentException e) {
      throw new InvalidTokenException("the token is not a signed JWT", e);
    }
  }

  private void requireOurs(SignedJWT jwt, JWTClaimsSet claims) throws InvalidTokenException {
    if (!JWSAlgorithm.RS256.equals(jwt.getHeader().getAlgorithm())) {
      throw new InvalidTokenException("the token is not signed by RS256");
    }
    if (!issuer.equals(claims.getIssuer())) {
      throw new InvalidTokenException("the token is of another issuer than " + issuer);
    }
    List<String> audiences = claims.getAudience();
    if (audiences.size() != 1 || !audiences.getFirst().replaceFirst("/$", "").equals(audience)) {
      throw new InvalidTokenException("the token is made for another audience than " + audience);
    }
  }

  private void requireNow(JWTClaimsSet claims) throws InvalidTokenException {
    Instant now = clock.instant();
    @Nullable Date end = claims.getExpirationTime();
    if (end == null || !end.toInstant().plus(SKEW).isAfter(now)) {
      throw new InvalidTokenException("the token has expired");
    }
    for (@Nullable Date begin :
        new @Nullable Date[] {claims.getNotBeforeTime(), claims.getIssueTime()}) {
      if (begin != null && begin.toInstant().minus(SKEW).isAfter(now)) {
        throw new InvalidTokenException("the token is not valid yet: compare the clocks");
      }
    }
  }

  private void requireSigned(SignedJWT jwt)
      throws InvalidTokenException, IssuerUnavailableException {
    String id = jwt.getHeader().getKeyID();
    if (id == null) {
      throw new InvalidTokenException("the token names no key");
    }
    JWK key =
        keys.find(id).orElseThrow(() -> new InvalidTokenException("the issuer has no such key"));
    try {
      if (!(key instanceof RSAKey rsa)
          || rsa.size() < SHORTEST_KEY_BITS
          || !jwt.verify(new RSASSAVerifier(rsa.toRSAPublicKey()))) {
        throw new InvalidTokenException("the token's signature is wrong");
      }
    } catch (JOSEException e) {
      throw new InvalidTokenException("the token's signature can't be verified", e);
    }
  }

  private static String claim(JWTClaimsSet claims, String name, Pattern form)
      throws InvalidTokenException {
    if (claims.getClaim(name) instanceof String value && form.matcher(value).matches()) {
      return value;
    }
    throw new InvalidTokenException("the token's " + name + " is missing or of another form");
  }
}
