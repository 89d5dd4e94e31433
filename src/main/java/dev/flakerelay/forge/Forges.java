package dev.flakerelay.forge;

import dev.flakerelay.Access;
import dev.flakerelay.Deadline;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.forge.github.GitHub;
import dev.flakerelay.forge.github.GitHubRepository;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Says which repository is on which forge.
 *
 * @param answers a file where what forges said is kept for the next time; made if it is missing
 * @param deadline no answer is waited for longer
 */
public record Forges(Path answers, Deadline deadline) {

  /** The forge of a source; empty if it is not known to have an API. */
  public Optional<Forge> of(SourceBranch source, Access access) {
    return source.onGitHub() ? of(source.url(), access) : Optional.empty();
  }

  /**
   * The forge of a repository that is said to be on one.
   *
   * @param url a Git URL
   * @return empty if no forge has such URLs
   */
  public Optional<Forge> of(String url, Access access) {
    return GitHubRepository.of(url)
        .map(repository -> new GitHub(repository, access, answers, deadline));
  }
}
