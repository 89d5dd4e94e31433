package dev.flakerelay.forge;

import dev.flakerelay.Access;
import dev.flakerelay.Deadline;
import dev.flakerelay.Destination;
import dev.flakerelay.JobException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Token;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.secret.SecretException;
import dev.flakerelay.secret.SecretValues;
import java.util.List;
import java.util.Optional;

/**
 * One token, which belongs to the host of whatever target a job is for: a source on another host
 * must not see it.
 *
 * @param values one value or none
 */
public record FixedToken(SecretValues values) implements Credentials {

  @Override
  public Optional<Access> target(String target, Permission permission, Deadline deadline)
      throws JobException {
    try {
      return values.current().stream().findFirst().<Access>map(secret -> new Token(secret.value()));
    } catch (SecretException e) {
      // Whatever is wrong with it can be mended, and the job is none the worse.
      throw new RetryableException("could not open " + target + ": " + e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new RetryableException(
          "could not open " + target + ": secrets.git: " + e.getMessage(), e);
    }
  }

  @Override
  public Optional<Access> source(
      String source, String target, Permission permission, Deadline deadline) throws JobException {
    boolean sameServer =
        source.startsWith("https://")
            && target.startsWith("https://")
            && Destination.of(source).equals(Destination.of(target));
    return sameServer ? target(target, permission, deadline) : Optional.empty();
  }

  @Override
  public List<String> forges(String target) {
    return values.isEmpty() || !target.startsWith("https://") ? List.of() : List.of(target);
  }

  @Override
  public List<Secret> secrets() {
    try {
      return values.current();
    } catch (SecretException e) {
      return List.of();
    }
  }

  @Override
  public List<Secret> refreshed(List<Secret> before) {
    try {
      return values.refreshed();
    } catch (SecretException e) {
      return before;
    }
  }

  @Override
  public void require() throws SecretException {
    var _ = values.current();
  }
}
