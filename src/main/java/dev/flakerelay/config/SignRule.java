package dev.flakerelay.config;

import dev.flakerelay.ForgeHosts;
import dev.flakerelay.config.yaml.Section;
import java.util.Collection;
import java.util.Optional;

/** What is signed needs something to sign with. */
public final class SignRule {
  private SignRule() {}

  public static void check(Secrets secrets, Collection<Route> routes, Section file) {
    for (Route route : routes) {
      Optional<String> problem =
          switch (route.commit().sign()) {
            case NONE -> Optional.empty();
            case SSH ->
                secrets.signing().isPresent()
                    ? Optional.empty()
                    : Optional.of("add for example signing: file:/etc/flake-relay/signing");
            case GITHUB -> withApp(secrets.gitHubApp(), route);
          };
      if (problem.isPresent()) {
        file.problem(
            "secrets", "the route " + route.name() + " signs its commits: " + problem.get());
        return;
      }
    }
  }

  private static Optional<String> withApp(Optional<GitHubAppSecret> app, Route route) {
    if (app.isEmpty()) {
      return Optional.of(
          "add for example github-app: { id: 123456, key: \"file:/etc/flake-relay/app.pem\" }");
    }
    return route.targets().stream()
        .map(target -> target.flake().repository())
        .filter(url -> ForgeHosts.place(url).filter(each -> each.isAt(app.get().host())).isEmpty())
        .findFirst()
        .map(
            url -> "an App of " + app.get().host() + " signs none of " + url + ": write sign: ssh");
  }
}
