package dev.flakerelay.forge;

import dev.flakerelay.Access;
import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.secret.Secret;
import java.util.List;
import java.util.Optional;

/** What opens repositories: one token for all of a host, or a GitHub App. */
public interface Credentials {
  /**
   * What opens a target.
   *
   * @param target its Git URL
   * @param deadline nothing is waited for longer
   * @return empty if nothing does
   * @throws JobException if it can't be found out, or if it does not permit what is to be done
   */
  Optional<Access> target(String target, Permission permission, Deadline deadline)
      throws JobException;

  /**
   * What opens a source for the jobs of a target.
   *
   * @param source its Git URL
   * @param target the target's Git URL
   * @param deadline nothing is waited for longer
   * @return empty if nothing does
   * @throws JobException if it can't be found out
   */
  Optional<Access> source(String source, String target, Permission permission, Deadline deadline)
      throws JobException;

  /**
   * The forges whose repositories it may open for the jobs of a target.
   *
   * @return URLs such as {@code https://github.com/}
   */
  List<String> forges(String target);

  /**
   * The secrets behind it, at most five minutes old; none if they can't be read, which is told when
   * they are needed.
   */
  List<Secret> secrets();

  /** The secrets as they are now; those of before if they can't be read. */
  List<Secret> refreshed(List<Secret> before);

  /**
   * Sees to it that every secret can be read.
   *
   * @throws dev.flakerelay.secret.SecretException naming the first that can't
   */
  void require() throws dev.flakerelay.secret.SecretException;
}
