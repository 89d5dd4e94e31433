package dev.flakerelay.nix;

import dev.flakerelay.PermanentException;
import dev.flakerelay.flake.InputTree;
import dev.flakerelay.flake.LockNode;
import dev.flakerelay.flake.LockPart;
import dev.flakerelay.flake.Origin;
import dev.flakerelay.flake.SourceFlake;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * A flake that nix is going to read.
 *
 * @param overruled the inputs of which those above it say what they are
 * @param covered what covered its inputs so far
 * @param isAnew whether it is asked for anew: then newer versions of nix take its inputs from its
 *     own flake.lock, older ones from what covered them
 */
record Visit(JsonNode reference, InputTree overruled, Optional<LockPart> covered, boolean isAnew) {

  /**
   * What nix reads next, of what a flake asks for.
   *
   * @param lock what covers its inputs
   */
  static List<Visit> next(SourceFlake flake, InputTree overruled, LockPart lock)
      throws PermanentException {
    List<SourceFlake.Declaration> own =
        flake.declarations().stream().filter(each -> !overruled.names(each.path())).toList();
    return next(flake.reference(), own, tree(flake.declarations()).and(overruled), lock);
  }

  /** The same of some declarations, where all that are made are in a tree. */
  static List<Visit> next(
      JsonNode flake, List<SourceFlake.Declaration> asked, InputTree declared, LockPart lock)
      throws PermanentException {
    List<Visit> leads = new ArrayList<>();
    for (SourceFlake.Declaration each : asked) {
      Optional<JsonNode> reference = each.reference().filter(any -> each.isFlake());
      if (reference.isPresent()) {
        InputTree further = declared.at(each.path());
        Optional<LockNode> locked = lock.at(each.path());
        Optional<LockPart> below = locked.map(node -> lock.below(each.path()));
        boolean isAnew = locked.filter(node -> isAskedFor(node, each)).isEmpty();
        read(flake, reference.get(), locked, further)
            .ifPresent(next -> leads.add(new Visit(next, further, below, isAnew)));
      }
    }
    return leads;
  }

  /** What some declarations are about. */
  static InputTree tree(List<SourceFlake.Declaration> declarations) {
    return InputTree.of(declarations.stream().map(SourceFlake.Declaration::path).toList());
  }

  private static Optional<JsonNode> read(
      JsonNode flake, JsonNode reference, Optional<LockNode> locked, InputTree declared)
      throws PermanentException {
    return switch (Origin.of(reference).scheme()) {
      case "indirect" -> Optional.empty(); // nix has no registry, either
      case "relative path" -> Optional.of(within(flake, reference));
      default -> {
        if (locked.isEmpty() || !locked.get().isAskedForBy(reference)) {
          yield Optional.of(reference);
        }
        boolean isComplete = declared.namesAll(locked.get().following());
        yield isComplete ? Optional.empty() : locked.get().locked();
      }
    };
  }

  /** A flake in another folder of the same source. */
  private static JsonNode within(JsonNode flake, JsonNode relative) throws PermanentException {
    Path folder =
        Path.of(flake.path("dir").asString(""))
            .resolve(relative.path("path").asString(""))
            .resolve(relative.path("dir").asString(""))
            .normalize();
    if (folder.startsWith("..")) {
      throw new PermanentException(
          FlakeReader.name(flake)
              + " asks for path:"
              + relative.path("path").asString("")
              + ", which leads out of its source");
    }
    ObjectNode reference = flake.deepCopy().asObject();
    reference.remove("dir");
    return folder.toString().isEmpty() ? reference : reference.put("dir", folder.toString());
  }

  /** Whether a lock has what a declaration asks for. */
  static boolean isAskedFor(LockNode node, SourceFlake.Declaration declaration) {
    return declaration.reference().filter(node::isAskedForBy).isPresent();
  }
}
