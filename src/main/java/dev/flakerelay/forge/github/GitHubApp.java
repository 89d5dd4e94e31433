package dev.flakerelay.forge.github;

import dev.flakerelay.Access;
import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.forge.Credentials;
import dev.flakerelay.forge.Permission;
import dev.flakerelay.secret.Secret;
import dev.flakerelay.secret.SecretException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Opens repositories as a GitHub App that is installed on them, each with tokens of its own. What
 * it is not installed on, and other hosts, are opened by other credentials. Safe for use by several
 * threads.
 */
public final class GitHubApp implements Credentials {
  private final AppIdentity identity;
  private final Installations installations;
  private final Credentials others;

  /**
   * An App.
   *
   * @param others what opens everything else
   */
  public GitHubApp(AppIdentity identity, Credentials others) {
    this.identity = identity;
    this.installations = new Installations(identity);
    this.others = others;
  }

  /** Fails with what to do where nothing opens the target. */
  @Override
  public Optional<Access> target(String target, Permission permission, Deadline deadline)
      throws JobException {
    Optional<GitHubRepository> repository = identity.repository(target);
    if (repository.isEmpty()) {
      return others.target(target, permission, deadline);
    }
    Optional<Access> access = installed(repository.get(), permission, deadline);
    if (access.isEmpty()) {
      access = others.target(target, permission, deadline);
    }
    if (access.isEmpty()) {
      throw new PermanentException(
          "could not open "
              + target
              + ": the GitHub App of "
              + AppIdentity.SETTING
              + " is not installed there: install it on that repository");
    }
    return access;
  }

  @Override
  public Optional<Access> source(
      String source, String target, Permission permission, Deadline deadline) throws JobException {
    Optional<GitHubRepository> repository = identity.repository(source);
    Optional<Access> access =
        repository.isPresent()
            ? installed(repository.get(), permission, deadline)
            : Optional.empty();
    return access.isPresent() ? access : others.source(source, target, permission, deadline);
  }

  private Optional<Access> installed(
      GitHubRepository repository, Permission permission, Deadline deadline) throws JobException {
    return installations
        .on(repository, deadline)
        .<Access>map(id -> new AppAccess(installations, id, repository, permission, deadline));
  }

  @Override
  public List<String> forges(String target) {
    String own = "https://" + identity.host() + "/";
    return Stream.concat(
            Stream.of(own),
            others.forges(target).stream().filter(each -> identity.repository(each).isEmpty()))
        .toList();
  }

  @Override
  public List<Secret> secrets() {
    try {
      return joined(identity.key().current(), others.secrets());
    } catch (SecretException e) {
      return others.secrets();
    }
  }

  @Override
  public List<Secret> refreshed(List<Secret> before) {
    try {
      return joined(identity.key().refreshed(), others.refreshed(others.secrets()));
    } catch (SecretException e) {
      return before;
    }
  }

  private static List<Secret> joined(List<Secret> first, List<Secret> second) {
    return Stream.concat(first.stream(), second.stream()).toList();
  }

  @Override
  public void require() throws SecretException {
    identity.require();
    others.require();
  }
}
