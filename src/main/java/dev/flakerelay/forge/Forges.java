package dev.flakerelay.forge;

import dev.flakerelay.Access;
import dev.flakerelay.Deadline;
import dev.flakerelay.ForgeHosts;
import dev.flakerelay.ForgeKind;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.forge.forgejo.Forgejo;
import dev.flakerelay.forge.github.GitHub;
import dev.flakerelay.forge.github.GitHubRepository;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Says which repository is on which forge.
 *
 * @param hosts which forge is at which host
 * @param answers a file where what forges said is kept for the next time; made if it is missing
 * @param deadline no answer is waited for longer
 */
public record Forges(ForgeHosts hosts, Path answers, Deadline deadline) {

  /** The forge of a source; empty if it is not known to have an API. */
  public Optional<Forge> of(SourceBranch source, Access access) {
    return source.onGitHub() || hosts.known(source.url()).isPresent()
        ? of(source.url(), access)
        : Optional.empty();
  }

  /**
   * The forge of a repository that is said to be on one: GitHub, unless its host is known.
   *
   * @param url a Git URL
   * @return empty if no forge has such URLs
   */
  public Optional<Forge> of(String url, Access access) {
    return ForgeHosts.place(url)
        .<Forge>flatMap(
            place ->
                switch (hosts.kind(place.host()).orElse(ForgeKind.GITHUB)) {
                  case GITHUB ->
                      GitHubRepository.of(url)
                          .map(repository -> new GitHub(repository, access, answers, deadline));
                  case FORGEJO, GITEA -> Optional.of(new Forgejo(place, access, deadline));
                  case GIT -> Optional.empty();
                });
  }
}
