package dev.flakerelay.git;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.List;
import java.util.Optional;
import org.eclipse.jgit.transport.URIish;

/**
 * A repository on this machine that belongs to another user. Git's programs don't open it
 * ("detected dubious ownership", see "safe.directory" in git-config's manual), and JGit takes that
 * for a repository that is not there.
 */
final class ForeignRepository {
  private ForeignRepository() {}

  /**
   * Who owns what, and what to do.
   *
   * @param address of a repository that could not be opened
   * @return empty if it is on another machine, or this user's own
   */
  static Optional<String> words(URIish address) {
    if (address.isRemote() || address.getPath() == null) {
      return Optional.empty();
    }
    Path folder = Path.of(address.getPath());
    for (Path part : List.of(folder, folder.resolve(".git"))) {
      try {
        UserPrincipal me = Files.getOwner(Path.of("/proc/self"));
        UserPrincipal owner = Files.getOwner(part);
        if (!owner.equals(me)) {
          return Optional.of(
              part
                  + " belongs to the user "
                  + owner.getName()
                  + ", and flake-relay runs as "
                  + me.getName()
                  + ": Git opens no other user's repository, so run flake-relay as "
                  + owner.getName()
                  + ", or name the folder in safe.directory of that user's Git configuration");
        }
      } catch (IOException e) {
        // It is not there, or can't be seen: that is told otherwise.
      }
    }
    return Optional.empty();
  }
}
