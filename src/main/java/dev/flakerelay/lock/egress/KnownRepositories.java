package dev.flakerelay.lock.egress;

import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.flake.LockNode;
import dev.flakerelay.flake.Origin;
import dev.flakerelay.lock.FetchRules;
import dev.flakerelay.lock.ForgeToken;
import dev.flakerelay.lock.ReferenceRule;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The repositories of one run. The target vouches for those that its own flake.lock names, and the
 * configuration for those of {@code network.private}: these alone are opened with a credential.
 * Others are fetched as anybody may, once they were looked at and allowed.
 */
public final class KnownRepositories implements ReferenceRule {
  private final List<ForgeToken> access;
  private final Set<String> gitHubs = new HashSet<>(Set.of("github.com"));
  private final Set<String> caseless = new HashSet<>(Set.of("gitlab.com"));
  private final Set<RepositoryAddress> vouched = new HashSet<>();
  private final Set<RepositoryAddress> seen = ConcurrentHashMap.newKeySet();
  private final SshCommands ssh = new SshCommands();
  private volatile boolean submodules;

  /**
   * The repositories of a target as it is.
   *
   * @param access the forges that there is a token for
   */
  public KnownRepositories(List<ForgeToken> access, FlakeLock lock, FetchRules rules) {
    this.access = access;
    List<JsonNode> own = lock.nodes().stream().flatMap(LockNode::references).toList();
    own.forEach(this::learnHost);
    own.forEach(this::vouch);
    for (String each : rules.privateRepositories()) {
      RepositoryAddress address = RepositoryAddress.of(each);
      vouched.add(same(address));
      ssh.permit("git@" + address.host() + ":22", address.path());
    }
  }

  private void learnHost(JsonNode reference) {
    String type = reference.path("type").asString("");
    if (type.equals("github") || type.equals("gitlab")) {
      Set<String> known = type.equals("github") ? gitHubs : caseless;
      Origin.of(reference).destination().ifPresent(to -> known.add(to.host()));
    }
  }

  private void vouch(JsonNode reference) {
    saw(reference);
    address(reference).map(this::same).ifPresent(vouched::add);
    overSsh(reference).ifPresent(ssh::permit);
  }

  /** A repository that is reached with ssh's keys. */
  private static Optional<URI> overSsh(JsonNode reference) {
    return reference.path("type").asString("").equals("git")
        ? uri(reference).filter(url -> "ssh".equals(url.getScheme()) && url.getHost() != null)
        : Optional.empty();
  }

  /** A new one over ssh may not: in the lock it would be vouched for the next time. */
  @Override
  public Optional<String> objection(JsonNode reference) {
    return overSsh(reference)
        .filter(url -> !ssh.permits(url))
        .map(
            url ->
                "asks for "
                    + Origin.of(reference).text()
                    + " anew, which ssh's keys may open: "
                    + advice(RepositoryAddress.at(url.getHost(), url.getPath())));
  }

  /** What to do about a repository that a source brings in anew. */
  static String advice(RepositoryAddress repository) {
    return "if this source may have it, add `"
        + repository
        + "` to network.private, or lock it once by hand and push";
  }

  /** The repositories on a forge that a lock names and nobody vouches for. */
  Set<RepositoryAddress> unvouched(FlakeLock lock, String forge) {
    return lock.nodes().stream()
        .flatMap(LockNode::references)
        .flatMap(reference -> address(reference).stream())
        .map(this::same)
        .filter(address -> address.host().equals(forge) && !vouched.contains(address))
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  @Override
  public void saw(JsonNode reference) {
    address(reference).ifPresent(this::saw);
    submodules |= reference.path("submodules").asBoolean(false);
  }

  /** A server led from one that may be followed to this one. */
  void saw(RepositoryAddress repository) {
    seen.add(same(repository));
  }

  /** Whether a credential may open it. */
  boolean isVouchedFor(RepositoryAddress repository) {
    return vouched.contains(same(repository));
  }

  /**
   * Whether it may be asked, as anybody may. What is a submodule stands in a repository's files,
   * which Git alone has seen.
   */
  boolean mayBeAsked(ForgeRequest request) {
    return isVouchedFor(request.repository())
        || seen.contains(same(request.repository()))
        || (submodules && request.kind() == ForgeRequest.Kind.GIT);
  }

  /** Whether a host is known to have GitHub's API. */
  boolean isGitHub(String host) {
    return gitHubs.contains(host);
  }

  /** What may be run over ssh: user, host, port and command as Git writes them. */
  public Set<String> sshCommands() {
    return ssh.all();
  }

  private RepositoryAddress same(RepositoryAddress address) {
    RepositoryAddress main =
        access.stream()
            .filter(each -> RepositoryAddress.belongs(address.host(), each.host()))
            .findFirst()
            .map(each -> new RepositoryAddress(each.host(), address.path()))
            .orElse(address);
    return caseless.contains(main.host()) || isGitHub(main.host()) ? main.folded() : main;
  }

  private Optional<RepositoryAddress> address(JsonNode reference) {
    return switch (reference.path("type").asString("")) {
      case "github", "gitlab", "sourcehut" ->
          Origin.of(reference)
              .destination()
              .map(
                  to ->
                      RepositoryAddress.at(
                          to.host(),
                          reference.path("owner").asString("").replaceAll("%2[Ff]", "/")
                              + "/"
                              + reference.path("repo").asString("")));
      case "git" ->
          uri(reference)
              .filter(url -> url.getHost() != null && url.getPath() != null)
              .map(url -> RepositoryAddress.at(url.getHost(), url.getPath()));
      case "tarball", "file" -> uri(reference).flatMap(this::archived);
      default -> Optional.empty();
    };
  }

  private Optional<RepositoryAddress> archived(URI url) {
    String host = String.valueOf(url.getHost()).toLowerCase(Locale.ROOT);
    String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
    return Stream.concat(gitHubs.stream(), access.stream().map(ForgeToken::host))
        .filter(each -> RepositoryAddress.belongs(host, each))
        .findFirst()
        .or(() -> Optional.of(host))
        .flatMap(each -> ForgeRequest.of("GET", each, host, url.getRawPath() + query))
        .map(ForgeRequest::repository);
  }

  private static Optional<URI> uri(JsonNode reference) {
    try {
      return Optional.of(new URI(reference.path("url").asString("")));
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
