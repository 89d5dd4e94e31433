package dev.flakerelay.flake;

import dev.flakerelay.Destination;
import dev.flakerelay.VisibleText;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Where a flake reference leads ("Flake references" in the Nix manual's page on {@code nix flake}).
 *
 * @param scheme how it is fetched: a forge's type ({@code github}), {@code indirect}, {@code path},
 *     {@code relative path}, or the URL's scheme, {@code git+https} for Git, {@code https} for a
 *     tarball or a file
 * @param destination the host and port, if it names one
 * @param text a reference for people, no longer than they read
 */
public record Origin(String scheme, Optional<Destination> destination, String text) {
  /** The text is shown as it is. */
  public Origin {
    text = VisibleText.word(text);
  }

  /**
   * Reads a reference as an object, the form that lock files and {@code builtins.parseFlakeRef}
   * have.
   */
  public static Origin of(JsonNode reference) {
    String type = reference.path("type").asString("unknown");
    return switch (type) {
      case "github" -> forge(reference, type, "github.com");
      case "gitlab" -> forge(reference, type, "gitlab.com");
      case "sourcehut" -> forge(reference, type, "git.sr.ht");
      case "indirect" ->
          new Origin(type, Optional.empty(), "flake:" + reference.path("id").asString("?"));
      case "path" -> path(reference.path("path").asString("/"));
      case "tarball", "file" -> url(reference, "");
      default -> url(reference, type + "+");
    };
  }

  /** Whether it is a path within the source that names it. */
  public boolean isRelative() {
    return scheme.equals("relative path");
  }

  private static Origin forge(JsonNode reference, String type, String usualHost) {
    String host = reference.path("host").asString(usualHost);
    String text =
        type
            + ":"
            + reference.path("owner").asString("?")
            + "/"
            + reference.path("repo").asString("?");
    // A host with a port in it is no name that anybody allowed.
    return new Origin(
        type,
        Optional.of(new Destination(host, 443)),
        host.equals(usualHost) ? text : text + "?host=" + host);
  }

  private static Origin path(String path) {
    boolean relative = !path.startsWith("/");
    return new Origin(relative ? "relative path" : "path", Optional.empty(), "path:" + path);
  }

  private static Origin url(JsonNode reference, String prefix) {
    String url = reference.path("url").asString("");
    int colon = Math.max(url.indexOf(':'), 0);
    // What is no URL is a path of this machine.
    String scheme = colon == 0 ? "file" : url.substring(0, colon);
    return new Origin(prefix + scheme, Destination.of(url), prefix + withoutCredentials(url));
  }

  private static String withoutCredentials(String url) {
    return url.replaceFirst("//[^/@]*:[^/@]*@", "//").replaceFirst("\\?.*", "");
  }
}
