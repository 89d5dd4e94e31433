package dev.flakerelay.lock.egress;

import dev.flakerelay.Destination;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/**
 * Asks a forge, without a token, whether repositories are there for everybody. Those that get into
 * a target's lock must be, also if they were not fetched as a source's own lock file covers them:
 * the next time, the target would vouch for them.
 */
final class PublicProof {
  /** Few sources bring in one. */
  private static final int MOST = 200;

  private final Destination site;
  private final Upstream upstream;

  PublicProof(Destination site, Upstream upstream) {
    this.site = site;
    this.upstream = upstream;
  }

  /**
   * Asks for each.
   *
   * @throws PermanentException naming the first that is not, or if there are too many
   * @throws RetryableException if the forge did not say
   */
  void of(Set<RepositoryAddress> repositories) throws JobException {
    if (repositories.size() > MOST) {
      throw new PermanentException(
          "the source brings in "
              + repositories.size()
              + " repositories anew, which is more than "
              + MOST
              + ": lock it once by hand and push");
    }
    for (RepositoryAddress each : repositories) {
      int status = ask(each);
      if (status == 401 || status == 404) {
        throw new PermanentException(lacking(each, status));
      }
      if (status >= 400) {
        throw new RetryableException(
            "could not see whether " + each + " is public: HTTP " + status);
      }
    }
  }

  private int ask(RepositoryAddress repository) throws RetryableException {
    String path = "/" + repository.path() + ".git/info/refs?service=git-upload-pack";
    List<String> head = List.of("GET " + path + " HTTP/1.1");
    try (ForgeAnswer answer = ForgeAnswer.of(upstream.send(site, head, new byte[0]))) {
      return answer.status();
    } catch (IOException e) {
      throw new RetryableException(
          "could not see whether " + repository + " is public: " + e.getMessage(), e);
    }
  }

  /** What is wrong with a repository that is not there for everybody, and what to do. */
  static String lacking(RepositoryAddress repository, int status) {
    return "the source's flake takes in "
        + repository
        + ", which is not there for everybody (HTTP "
        + status
        + "): "
        + KnownRepositories.advice(repository);
  }
}
