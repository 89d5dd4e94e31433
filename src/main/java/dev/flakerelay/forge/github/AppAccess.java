package dev.flakerelay.forge.github;

import dev.flakerelay.Access;
import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.Token;
import dev.flakerelay.forge.Permission;
import java.util.Optional;

/**
 * What an App may do with one repository.
 *
 * @param installation where it is installed, as GitHub numbers it
 * @param permission what its tokens permit, and nothing else
 * @param deadline no token is waited for longer
 */
record AppAccess(
    Installations installations,
    long installation,
    GitHubRepository repository,
    Permission permission,
    Deadline deadline)
    implements Access {

  @Override
  public Token token() throws JobException {
    return installations.token(this);
  }

  @Override
  public Optional<Token> replacing(Token refused) throws JobException {
    installations.forget(this, refused);
    return Optional.of(token());
  }

  @Override
  public String setting() {
    return AppIdentity.SETTING;
  }
}
