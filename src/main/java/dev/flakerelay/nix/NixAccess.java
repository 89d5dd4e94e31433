package dev.flakerelay.nix;

import dev.flakerelay.Token;
import java.util.List;

/**
 * A token for one private source; shows itself without its value.
 *
 * @param host the forge's host name
 * @param path {@code owner/repository} on that host: Git shows the token for no other
 * @param token the token
 */
public record NixAccess(String host, String path, Token token) {

  /**
   * The entry of nix's setting {@code access-tokens}. It is for all of the host: nix 2.26 ignores
   * entries for single repositories. GitLab wants to be told what kind of token it is.
   */
  String nixSetting() {
    return host + "=" + (host.contains("gitlab") ? "PAT:" : "") + token.value();
  }

  /**
   * The URLs that Git's {@code http.<url>.extraHeader} is set for. Git compares whole names between
   * slashes, and a flake may write the repository with {@code .git} or without.
   */
  List<String> gitUrls() {
    String url = "https://" + host + "/" + path;
    return List.of(url, url + ".git");
  }

  /** The HTTP header with which Git shows the token. */
  String gitHeader() {
    return "Authorization: Basic " + token.basic();
  }

  @Override
  public String toString() {
    return host + "/" + path + "=***";
  }
}
