package dev.flakerelay.nix;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A token for one private source; shows itself without its value.
 *
 * @param host the forge's host name
 * @param path {@code owner/repository} on that host: Git shows the token for no other
 * @param token the token
 */
public record NixAccess(String host, String path, String token) {

  /**
   * The entry of nix's setting {@code access-tokens}. It is for all of the host: nix 2.26 ignores
   * entries for single repositories. GitLab wants to be told what kind of token it is.
   */
  String nixSetting() {
    return host + "=" + (host.contains("gitlab") ? "PAT:" + token : token);
  }

  /** The URL prefix that Git's {@code http.<url>.extraHeader} is set for. */
  String gitUrl() {
    return "https://" + host + "/" + path;
  }

  /** The HTTP header with which Git shows the token. */
  String gitHeader() {
    String credentials = "x-access-token:" + token;
    return "Authorization: Basic "
        + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return host + "/" + path + "=***";
  }
}
