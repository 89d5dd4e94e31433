package dev.flakerelay.lock;

import dev.flakerelay.Destination;
import dev.flakerelay.VisibleText;
import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.flake.LockNode;
import dev.flakerelay.flake.Origin;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * What may be fetched while a target is locked: from the hosts that the configuration allows, and
 * from wherever the target itself fetches already. What a target has in its flake and its lock is
 * its owner's choice; what a source's flake asks for beyond it is a stranger's.
 *
 * <p>An example: a target with the input {@code git+file:///srv/app} lets that repository be
 * fetched at any revision, and no other one of this machine.
 */
public final class FetchPolicy {
  /** Neither leads out of the flake: the registry of short names is empty. */
  private static final Set<String> HARMLESS = Set.of("relative path", "indirect");

  /** What changes of a reference when it is moved to another revision. */
  private static final List<String> MOVING =
      List.of("rev", "narHash", "lastModified", "revCount", "dirtyRev", "dirtyShortRev");

  private static final Set<Integer> PORTS = Set.of(443, 80);
  private static final int SSH = 22;

  private final Set<String> hosts;
  private final Set<Destination> own;
  private final Set<String> schemes;
  private final Set<JsonNode> ownReferences;

  private FetchPolicy(
      Set<String> hosts, Set<Destination> own, Set<String> schemes, Set<JsonNode> ownReferences) {
    this.hosts = hosts;
    this.own = own;
    this.schemes = schemes;
    this.ownReferences = ownReferences;
  }

  /**
   * The policy for one target.
   *
   * @param lock the target's lock as it is
   * @param rules what may be fetched besides
   */
  public static FetchPolicy of(FlakeLock lock, FetchRules rules) {
    Set<String> hosts =
        rules.hosts().stream()
            .map(host -> host.toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet());
    Set<Destination> own = new HashSet<>();
    Set<String> schemes = new HashSet<>(HARMLESS);
    schemes.addAll(rules.schemes());
    lock.nodes().stream()
        .flatMap(LockNode::references)
        .map(Origin::of)
        .forEach(
            origin -> {
              origin.destination().ifPresent(own::add);
              if (origin.scheme().equals("github") || origin.scheme().equals("gitlab")) {
                // A forge's API and its archives have names of their own.
                origin
                    .destination()
                    .ifPresent(
                        forge ->
                            Stream.of("api.", "codeload.")
                                .forEach(
                                    part ->
                                        own.add(
                                            new Destination(part + forge.host(), forge.port()))));
              }
            });
    Set<JsonNode> ownReferences =
        lock.ownNodes().stream()
            .flatMap(LockNode::references)
            .map(FetchPolicy::still)
            .collect(Collectors.toSet());
    return new FetchPolicy(hosts, own, schemes, ownReferences);
  }

  /**
   * The policy for a flake of one's own that has no lock yet: the allowed hosts and local files.
   */
  public static FetchPolicy ofUnlocked(FetchRules rules) {
    Set<String> schemes = new HashSet<>(HARMLESS);
    schemes.addAll(rules.schemes());
    schemes.addAll(List.of("git+file", "file", "path"));
    return new FetchPolicy(Set.copyOf(rules.hosts()), Set.of(), schemes, Set.of());
  }

  /** Whether a connection may be made. */
  public boolean permits(Destination destination) {
    return isOwn(destination)
        || (hosts.contains(destination.host()) && PORTS.contains(destination.port()));
  }

  /** Whether the target itself fetches from there: then a private address is its owner's choice. */
  public boolean isOwn(Destination destination) {
    return own.contains(destination);
  }

  /** Whether anything at all may be fetched this way. */
  public boolean permitsScheme(String scheme) {
    return schemes.contains(scheme)
        || ownReferences.stream().anyMatch(own -> Origin.of(own).scheme().equals(scheme));
  }

  /** Whether the target's own flake asks for this, whatever the revision. */
  private boolean isOwn(JsonNode reference) {
    return ownReferences.contains(still(reference));
  }

  /** A reference without its revision. */
  static JsonNode still(JsonNode reference) {
    return reference.isObject() ? reference.deepCopy().asObject().remove(MOVING) : reference;
  }

  /** Every host and port that may be reached over ssh. */
  Set<String> sshDestinations() {
    Set<String> all = new TreeSet<>();
    hosts.forEach(host -> all.add(new Destination(host, SSH).toString()));
    own.forEach(each -> all.add(each.toString()));
    return all;
  }

  /** Why a reference may not be followed; empty if it may. */
  Optional<String> objection(JsonNode reference) {
    Origin origin = Origin.of(reference);
    if (!schemes.contains(origin.scheme()) && !isOwn(reference)) {
      return Optional.of(
          "asks for "
              + origin.text()
              + ": inputs by `"
              + VisibleText.word(origin.scheme())
              + "` are not followed unless network.schemes names it, or the target's own flake.nix"
              + " that very input");
    }
    if (isSet(reference.path("submodules")) && !isOwn(reference)) {
      return Optional.of(
          "asks for "
              + origin.text()
              + " with its submodules, which may lead anywhere: have it do without them, or add it"
              + " to the target's own flake.nix");
    }
    boolean reachable =
        switch (origin.scheme()) {
          case "relative path", "indirect", "path", "file", "git+file" -> true;
          case "git+ssh" ->
              origin
                  .destination()
                  .filter(to -> sshDestinations().contains(to.toString()))
                  .isPresent();
          default -> origin.destination().filter(this::permits).isPresent();
        };
    return reachable
        ? Optional.empty()
        : Optional.of(
            "asks for "
                + origin.text()
                + refusal(origin.destination().map(Destination::toString).orElse("no host")));
  }

  /** A flag as flake.nix and lock files have it. */
  private static boolean isSet(JsonNode flag) {
    return !flag.isMissingNode() && !List.of("false", "0", "").contains(flag.asString("true"));
  }

  /** The end of a sentence that says that a host is not allowed, and what to do. */
  public static String refusal(String host) {
    return " at "
        + VisibleText.word(host)
        + ", which network.allow does not name: add the host there if that is right, or the input"
        + " to the target's own flake.nix";
  }
}
