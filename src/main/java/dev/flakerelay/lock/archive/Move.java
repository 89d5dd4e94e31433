package dev.flakerelay.lock.archive;

import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.flake.LockNode;
import dev.flakerelay.lock.UnfitException;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * An input that is to be locked at another revision.
 *
 * @param input its name
 * @param original what flake.nix asks for
 * @param revision the new one
 * @param archive where the forge has it
 */
record Move(String input, ObjectNode original, Revision revision, URI archive) {
  private static final Pattern REFERENCE =
      Pattern.compile("[^?]*/(?<revision>[0-9a-f]{40})(?:\\?.*)?");

  private static final List<String> MOVING = List.of("rev", "narHash", "lastModified");

  /**
   * Reads one.
   *
   * @param reference with the revision, as {@code LockedInput.at} makes it
   * @throws UnfitException if it is on no forge, or nix may lock it otherwise than the last time
   */
  static Move of(FlakeLock before, String input, String reference)
      throws UnfitException, PermanentException {
    LockNode node = before.at(List.of(input)).orElse(LockNode.EMPTY);
    Matcher matcher = REFERENCE.matcher(reference);
    if (!(node.attributes().get("original") instanceof ObjectNode original)
        || !(node.locked().orElse(null) instanceof ObjectNode locked)
        || !matcher.matches()) {
      throw new UnfitException("`" + input + "` is on no forge that has archives");
    }
    Revision revision = new Revision(matcher.group("revision"));
    Optional<URI> archive = ForgeArchive.of(original, revision);
    if (archive.isEmpty()) {
      throw new UnfitException("`" + input + "` is on no forge that has archives");
    }
    if (!before.input(input).at(revision).equals(reference) || !isUsual(original, locked)) {
      throw new UnfitException("`" + input + "` is locked in an unusual way");
    }
    return new Move(input, original, revision, archive.get());
  }

  private static boolean isUsual(ObjectNode original, ObjectNode locked) {
    return locked.path("rev").isString()
        && locked.path("narHash").isString()
        && locked.path("lastModified").isIntegralNumber()
        && locked.deepCopy().without(MOVING).equals(original.deepCopy().without("ref"));
  }

  /** The folder that flake.nix is in. */
  Path folder() {
    return Path.of(original.path("dir").asString("")).normalize();
  }

  /**
   * What its lock says of it then.
   *
   * @throws ArchiveException if the archive says that it is of another commit
   */
  JsonNode locked(ArchiveTree tree) throws IOException {
    Optional<String> commit = tree.commit();
    if (commit.isPresent() && !commit.get().equals(revision.hex())) {
      throw new ArchiveException("the archive is of another commit");
    }
    return original
        .deepCopy()
        .without("ref")
        .put("rev", revision.hex())
        .put("narHash", tree.narHash())
        .put("lastModified", tree.lastModified());
  }
}
