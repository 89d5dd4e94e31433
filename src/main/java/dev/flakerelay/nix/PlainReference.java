package dev.flakerelay.nix;

import dev.flakerelay.Revision;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The forms of flake references that most inputs have and that every nix reads alike ("Flake
 * references" in the Nix manual's page on {@code nix flake}): nix need not be asked what they mean.
 */
final class PlainReference {
  private static final Pattern FORGE =
      Pattern.compile(
          "(github|gitlab|sourcehut):(~?[A-Za-z0-9_.-]{1,100})/([A-Za-z0-9_.-]{1,100})"
              + "(?:/([A-Za-z0-9_][A-Za-z0-9_.-]{0,100}))?");

  private static final Pattern RELATIVE =
      Pattern.compile(
          "path:([A-Za-z0-9_.][A-Za-z0-9_./-]{0,200})|(\\.{1,2}/[A-Za-z0-9_./-]{0,200})");

  /** What may be a revision, or no name of a branch. */
  private static final Pattern UNCLEAR =
      Pattern.compile("[0-9a-fA-F]{40}|[0-9a-fA-F]{64}|.*\\.\\..*|.*\\.|.*\\.lock");

  private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9_-]{0,100}");

  private PlainReference() {}

  /** The reference as an object; empty for any other form. */
  static Optional<JsonNode> of(String url) {
    ObjectNode reference = JsonMapper.shared().createObjectNode();
    Matcher forge = FORGE.matcher(url);
    Matcher relative = RELATIVE.matcher(url);
    if (forge.matches()) {
      reference.put("type", forge.group(1));
      reference.put("owner", forge.group(2)).put("repo", forge.group(3));
      String version = forge.group(4);
      if (version != null) {
        boolean isRevision = version.length() == 40 && Revision.find(version).isPresent();
        if (!isRevision && UNCLEAR.matcher(version).matches()) {
          return Optional.empty();
        }
        reference.put(isRevision ? "rev" : "ref", version);
      }
    } else if (relative.matches()) {
      String path = relative.group(1) == null ? relative.group(2) : relative.group(1);
      reference.put("type", "path").put("path", path);
    } else if (NAME.matcher(url).matches()) {
      reference.put("type", "indirect").put("id", url);
    } else {
      return Optional.empty();
    }
    return Optional.of(reference);
  }
}
