package dev.flakerelay.support;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What an App says who it is ("Generating a JSON Web Token (JWT) for a GitHub App"), judged as
 * GitHub does.
 *
 * @param app the App's id; empty if there is a problem
 * @param problem GitHub's answer if it is not taken
 */
record AppJwt(String app, Optional<Answer> problem) {
  private static final long LONGEST_SECONDS = 600;

  static AppJwt read(String token, Map<String, PublicKey> apps, Instant now) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      return refused(401, "A JSON web token could not be decoded");
    }
    try {
      JsonNode header = json(parts[0]);
      JsonNode claims = json(parts[1]);
      String issuer = claims.path("iss").asString("");
      PublicKey key = apps.get(issuer);
      if (key == null) {
        return refused(404, "Integration not found");
      }
      if (!header.path("alg").asString("").equals("RS256") || !isSigned(parts, key)) {
        return refused(401, "A JSON web token could not be decoded");
      }
      long end = claims.path("exp").asLong(0);
      if (claims.path("iat").asLong(Long.MAX_VALUE) > now.getEpochSecond()) {
        return refused(
            401,
            "'Issued at' claim ('iat') must be an Integer representing the time that the assertion"
                + " was issued");
      }
      if (end <= now.getEpochSecond()) {
        return refused(
            401,
            "'Expiration time' claim ('exp') must be a numeric value representing the future time"
                + " at which the assertion expires");
      }
      return end > now.getEpochSecond() + LONGEST_SECONDS
          ? refused(401, "'Expiration time' claim ('exp') is too far in the future")
          : new AppJwt(issuer, Optional.empty());
    } catch (JacksonException | IllegalArgumentException | GeneralSecurityException e) {
      return refused(401, "A JSON web token could not be decoded");
    }
  }

  private static AppJwt refused(int status, String message) {
    return new AppJwt("", Optional.of(GitHubForge.message(status, message)));
  }

  private static JsonNode json(String part) {
    return JsonMapper.shared().readTree(Base64.getUrlDecoder().decode(part));
  }

  private static boolean isSigned(String[] parts, PublicKey key) throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withRSA");
    signature.initVerify(key);
    signature.update((parts[0] + "." + parts[1]).getBytes(StandardCharsets.US_ASCII));
    return signature.verify(Base64.getUrlDecoder().decode(parts[2]));
  }
}
