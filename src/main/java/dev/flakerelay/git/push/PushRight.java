package dev.flakerelay.git.push;

import dev.flakerelay.FailureText;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.git.GitRemote;
import dev.flakerelay.git.RemoteHead;
import java.io.IOException;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.transport.PushConnection;

/**
 * Asks a server whether it would take a push, as {@code git push --dry-run} does: it says so before
 * anything is sent ("Reference Discovery" of git-receive-pack in Git's pack protocol). Rules for a
 * single branch are not asked; they show in the first push.
 */
public final class PushRight {
  private static final String INTENT = "push to";

  private PushRight() {}

  /**
   * Asks.
   *
   * @throws PermanentException if there is no such repository, or no permission to push
   * @throws RetryableException if the server could not be reached, or failed
   */
  public static void require(GitRemote remote) throws JobException {
    try (Repository nowhere = RemoteHead.nowhere()) {
      remote.talk(
          nowhere,
          INTENT,
          transport -> {
            try (PushConnection connection = transport.openPush()) {
              return connection.getRefs();
            }
          });
    } catch (IOException e) {
      throw new RetryableException(
          "could not " + INTENT + " " + remote.url() + ": " + FailureText.of(e), e);
    }
  }
}
