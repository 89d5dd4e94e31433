package dev.flakerelay.cli;

import dev.flakerelay.support.Fault;
import dev.flakerelay.support.SecretSearch;
import dev.flakerelay.support.TestForge;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;

/** The secrets of a {@link SecretWorld}: of the length and with the characters of real ones. */
final class RunSecrets {
  static final String TOKEN = "ghp_Rk3vTz9QmX5bLw8sJd2nYc7hPf4gAe6u";
  static final String OTHER_TOKEN = "ghp_Zq8wNs2xKv6tMr1yBj5cGd9fHl3pUo7i";
  static final String FIRST = "fi/rst+T7uJ2mW9qLx4zRv8k\"<&>'";
  static final String SECOND = "second 6Dn3Gy5Hb1Vf0Ce9aXs";
  static final String AWS_KEY = "awsE8rTq3Yw6Uo1Pl5Kj9Hg2Fd7";
  static final String PASSWORD = "p@ss:w/rd%Zx4Cv7Bn1Mq8Wt5Ry2";

  private RunSecrets() {}

  /** The secrets of the run, and what the forge makes of one of them. */
  static List<SecretSearch> searches() {
    return List.of(
        new SecretSearch("the token", TOKEN),
        new SecretSearch("the other token", OTHER_TOKEN),
        new SecretSearch("the first webhook secret", FIRST),
        new SecretSearch("the second webhook secret", SECOND),
        new SecretSearch("the AWS key", AWS_KEY),
        new SecretSearch("the proxy's password", PASSWORD),
        new SecretSearch("the archive's ticket", TestForge.ticket(TOKEN)));
  }

  /** A server or a proxy that repeats what it was sent, as error pages of some do. */
  static Fault echo(int status) {
    String pair = "x-access-token:" + TOKEN;
    String basic = Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
    String said = "You sent: Authorization: Bearer " + TOKEN + ", or Basic " + basic;
    return new Fault.Status(status, Map.of("Retry-After", "1"), "{\"message\": \"" + said + "\"}");
  }
}
