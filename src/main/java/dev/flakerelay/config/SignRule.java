package dev.flakerelay.config;

import dev.flakerelay.config.yaml.Section;
import java.util.Collection;

/** What is signed needs something to sign with. */
final class SignRule {
  private SignRule() {}

  static void check(Secrets secrets, Collection<Route> routes, Section file) {
    for (Route route : routes) {
      String missing =
          switch (route.commit().sign()) {
            case NONE -> "";
            case SSH ->
                secrets.signing().isPresent() ? "" : "signing: file:/etc/flake-relay/signing";
            case GITHUB ->
                secrets.gitHubApp().isPresent()
                    ? ""
                    : "github-app: { id: 123456, key: \"file:/etc/flake-relay/app.pem\" }";
          };
      if (!missing.isEmpty()) {
        file.problem(
            "secrets",
            "the route " + route.name() + " signs its commits: add for example " + missing);
        return;
      }
    }
  }
}
