package dev.flakerelay.lock.archive;

import dev.flakerelay.Deadline;
import dev.flakerelay.FailureText;
import dev.flakerelay.JobException;
import dev.flakerelay.Revision;
import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.flake.LockNode;
import dev.flakerelay.lock.FetchPolicy;
import dev.flakerelay.lock.FetchRules;
import dev.flakerelay.lock.UnfitException;
import dev.flakerelay.lock.egress.FetchScope;
import dev.flakerelay.lock.egress.ForgeDownload;
import dev.flakerelay.lock.egress.KnownRepositories;
import dev.flakerelay.net.OutboundNetwork;
import dev.flakerelay.net.PublicAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.JsonNodeFactory;

/** Downloads what a lock names as anybody may, and says what nix would lock it by. */
public final class LockedArchive {
  private final Path work;
  private final OutboundNetwork network;
  private final FetchRules rules;

  /**
   * A reader of archives.
   *
   * @param work where spools are made
   * @param environment the process's environment, for proxies and certificates
   * @param rules what may be fetched
   */
  public LockedArchive(Path work, Map<String, String> environment, FetchRules rules) {
    this.work = work;
    this.network = OutboundNetwork.of(environment);
    this.rules = rules;
  }

  /**
   * What is locked of a revision.
   *
   * @param narHash the hash of its files, as nix writes it
   * @param lastModified the commit's time, in seconds since 1970
   */
  public record Contents(String narHash, long lastModified) {}

  /**
   * What a lock would say of an input's locked revision if it were made now.
   *
   * @param input the input's name
   * @throws UnfitException if that can't be found out, with the reason
   */
  public Contents contents(FlakeLock lock, String input) throws UnfitException {
    try {
      Optional<Revision> revision = lock.input(input).revision();
      JsonNode locked =
          lock.at(List.of(input))
              .flatMap(LockNode::locked)
              .orElse(JsonNodeFactory.instance.objectNode());
      Optional<URI> archive = revision.flatMap(commit -> ForgeArchive.of(locked, commit));
      if (archive.isEmpty()) {
        throw new UnfitException("`" + input + "` is on no forge that has archives");
      }
      return download(lock, archive.get());
    } catch (IOException e) {
      throw new UnfitException(FailureText.of(e));
    } catch (JobException e) {
      throw new UnfitException(e.getMessage());
    }
  }

  private Contents download(FlakeLock lock, URI archive) throws IOException, JobException {
    ArchiveLimits limits = ArchiveLimits.DEFAULT;
    FetchScope scope =
        new FetchScope(
            FetchPolicy.of(lock, rules),
            network,
            PublicAddress.Resolver.SYSTEM,
            List.of(),
            new KnownRepositories(List.of(), lock, rules));
    try (ForgeDownload download = new ForgeDownload(scope, limits.silence());
        InputStream body = download.get(archive);
        ArchiveTree tree =
            ArchiveTree.read(
                body, work, limits.bytes(), Deadline.NONE.computation("could not read it"))) {
      return new Contents(tree.narHash(), tree.lastModified());
    }
  }
}
