package dev.flakerelay.config.name;

import dev.flakerelay.Revision;
import dev.flakerelay.SourceBranch;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A branch of a source, written as a flake reference ("Flake references" in the manual of {@code
 * nix flake}): {@code github:owner/repo/branch}, {@code gitlab:}, {@code sourcehut:~owner/repo},
 * each with {@code ?host=} and {@code ?ref=}, or {@code git+https://…?ref=branch}, {@code git+ssh},
 * {@code git+file}, {@code git+http}.
 */
public final class FlakeReference {
  private static final Pattern FORGE =
      Pattern.compile("(github|gitlab|sourcehut):(~?[\\w.%-]+)/([\\w.-]+?)(?:/([^?#]+))?");
  private static final Pattern GIT = Pattern.compile("git\\+(https|http|ssh|file)://.*");

  /** Parameters that say nothing of the branch; nix knows them, and they change nothing here. */
  private static final Set<String> IRRELEVANT =
      Set.of("dir", "shallow", "submodules", "lfs", "allRefs", "exportIgnore");

  private FlakeReference() {}

  /**
   * Reads a reference.
   *
   * @return the Git repository behind it and the branch, if it names one
   * @throws IllegalArgumentException if it has another form or names a revision
   */
  public static SourceBranch parse(String text) {
    int question = text.indexOf('?');
    String path = question < 0 ? text : text.substring(0, question);
    Map<String, String> query = question < 0 ? Map.of() : parameters(text.substring(question + 1));
    Optional<String> ref = Optional.ofNullable(query.get("ref"));
    Optional<String> host = Optional.ofNullable(query.get("host"));
    Matcher forge = FORGE.matcher(path);
    if (forge.matches()) {
      Optional<String> named = Optional.ofNullable(forge.group(4)).map(FlakeReference::decoded);
      if (named.isPresent() && ref.isPresent()) {
        throw new IllegalArgumentException("names a branch twice: after the repository and as ref");
      }
      return SourceBranch.onForge(
          forge.group(1),
          host.map(HostName::parse),
          forge.group(2),
          forge.group(3),
          named.or(() -> ref).flatMap(FlakeReference::branch));
    }
    if (!GIT.matcher(path).matches() || host.isPresent()) {
      throw new IllegalArgumentException(
          "not a reference that names a branch: write for example github:owner/name/main,"
              + " gitlab:owner/name/main, sourcehut:~owner/name/main or"
              + " git+https://host/path?ref=main");
    }
    return new SourceBranch(
        GitUrl.parse(path.substring("git+".length())), ref.flatMap(FlakeReference::branch));
  }

  private static Map<String, String> parameters(String query) {
    Map<String, String> parameters = new LinkedHashMap<>();
    for (String pair : query.split("&", -1)) {
      int equals = Math.max(pair.indexOf('='), 0);
      String name = pair.substring(0, equals);
      if (name.equals("rev")) {
        throw revision();
      }
      if (!IRRELEVANT.contains(name)) {
        if (!name.equals("ref") && !name.equals("host")) {
          throw new IllegalArgumentException(
              "has a parameter other than ref and host: leave it out");
        }
        parameters.put(name, decoded(pair.substring(equals + 1)));
      }
    }
    return parameters;
  }

  /** {@code HEAD} is the default branch, as it is where none is named. */
  private static Optional<String> branch(String text) {
    if (text.equals("HEAD")) {
      return Optional.empty();
    }
    if (Revision.find(text.toLowerCase(Locale.ROOT)).isPresent()) {
      throw revision();
    }
    return Optional.of(
        GitName.branch(
            text.startsWith("refs/heads/") ? text.substring("refs/heads/".length()) : text));
  }

  private static String decoded(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("has a % without two hex digits: write %25 for it", e);
    }
  }

  private static IllegalArgumentException revision() {
    return new IllegalArgumentException(
        "names a revision, which never moves: name a branch, for example github:owner/name/main");
  }
}
