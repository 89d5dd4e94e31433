package dev.flakerelay.lock.archive;

import dev.flakerelay.Deadline;
import dev.flakerelay.FailureText;
import dev.flakerelay.JobException;
import dev.flakerelay.flake.FlakeDeclarations;
import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.flake.LockAgreement;
import dev.flakerelay.flake.LockReader;
import dev.flakerelay.lock.DeclarationReader;
import dev.flakerelay.lock.FetchPolicy;
import dev.flakerelay.lock.FetchRules;
import dev.flakerelay.lock.ForgeToken;
import dev.flakerelay.lock.ShortCut;
import dev.flakerelay.lock.UnfitException;
import dev.flakerelay.lock.egress.AnsweredException;
import dev.flakerelay.lock.egress.FetchScope;
import dev.flakerelay.lock.egress.ForgeDownload;
import dev.flakerelay.lock.egress.KnownRepositories;
import dev.flakerelay.net.OutboundNetwork;
import dev.flakerelay.net.PublicAddress;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Makes a lock from a forge's archive of the new revision. It does so where nix would change the
 * revision, hash and time of the updated inputs and nothing else, and where all of that is seen:
 * the target's lock is what the target's flake.nix and the source's flake.nix and flake.lock say.
 */
public final class ArchiveEngine implements ShortCut {
  /** What nix writes, whatever it reads. */
  private static final int VERSION = 7;

  private final Path work;
  private final ArchiveLimits limits;
  private final OutboundNetwork network;
  private final FetchRules rules;
  private final DeclarationReader reader;

  /**
   * An engine.
   *
   * @param work where spools are made
   * @param environment the process's environment, for proxies and certificates
   * @param rules what may be fetched
   * @param reader reads flake.nix
   */
  public ArchiveEngine(
      Path work,
      ArchiveLimits limits,
      Map<String, String> environment,
      FetchRules rules,
      DeclarationReader reader) {
    this.work = work;
    this.limits = limits;
    this.network = OutboundNetwork.of(environment);
    this.rules = rules;
    this.reader = reader;
  }

  @Override
  public String name() {
    return "archive";
  }

  @Override
  public void prepare(
      Map<String, byte[]> files, String directory, Map<String, String> overrides, Deadline limit) {
    try {
      FlakeDeclarations ignored =
          reader.read(plan(files, directory, overrides).flake(), directory, limit);
    } catch (UnfitException | JobException e) {
      // Whoever makes the lock finds it, too, and says so.
    }
  }

  @Override
  public byte[] lock(
      Map<String, byte[]> files,
      String directory,
      Map<String, String> overrides,
      List<ForgeToken> tokens,
      Deadline limit)
      throws UnfitException, JobException {
    try {
      return locked(files, directory, overrides, tokens, limit);
    } catch (AnsweredException e) {
      throw e.failure(); // asked again by nix, it would say the same
    } catch (IOException e) {
      throw new UnfitException(FailureText.of(e));
    } catch (JobException e) {
      if (limit.isOver()) {
        throw e;
      }
      throw new UnfitException(e.getMessage());
    }
  }

  private byte[] locked(
      Map<String, byte[]> files,
      String directory,
      Map<String, String> overrides,
      List<ForgeToken> tokens,
      Deadline limit)
      throws UnfitException, IOException, JobException {
    Plan plan = plan(files, directory, overrides);
    FlakeLock before = plan.before();
    FlakeDeclarations declared = reader.read(plan.flake(), directory, limit);
    LockAgreement agreement = new LockAgreement(declared, before);
    requireNone(agreement.ofTarget(overrides.keySet()));
    FlakeLock after = before;
    FetchPolicy policy = FetchPolicy.of(before, rules);
    KnownRepositories known = new KnownRepositories(tokens, before, rules);
    PublicAddress.Resolver resolver = PublicAddress.Resolver.SYSTEM;
    FetchScope scope = new FetchScope(policy, network, resolver, tokens, known);
    Deadline.Computation computation = limit.computation("could not lock " + overrides.values());
    try (ForgeDownload download = new ForgeDownload(scope, limits.silence())) {
      for (Map.Entry<URI, List<Move>> each : plan.moves().entrySet()) {
        try (InputStream body = download.get(each.getKey());
            ArchiveTree tree = ArchiveTree.read(body, work, limits.bytes(), computation)) {
          for (Move move : each.getValue()) {
            if (before.isFlake(move.input())) {
              requireNone(agreement(agreement, move, tree, limit));
            }
            after = after.with(move.input(), move.locked(tree));
          }
        }
      }
    }
    return after.written().orElseThrow();
  }

  /**
   * What is to be done.
   *
   * @param flake the target's flake.nix
   * @param before its lock
   * @param moves what moves in it, by the archive that it is read from
   */
  // The array is read, never compared.
  @SuppressWarnings("ArrayRecordComponent")
  private record Plan(byte[] flake, FlakeLock before, Map<URI, List<Move>> moves) {}

  private static Plan plan(
      Map<String, byte[]> files, String directory, Map<String, String> overrides)
      throws UnfitException, JobException {
    byte[] flake = required(files, directory, "flake.nix");
    byte[] old = required(files, directory, "flake.lock");
    FlakeLock before = FlakeLock.parse(old);
    if (before.version() != VERSION || !isWritten(before, old)) {
      throw new UnfitException("flake.lock is not in the form in which this nix writes it");
    }
    Map<URI, List<Move>> moves = new LinkedHashMap<>();
    for (Map.Entry<String, String> each : new TreeMap<>(overrides).entrySet()) {
      Move move = Move.of(before, each.getKey(), each.getValue());
      moves.computeIfAbsent(move.archive(), _ -> new ArrayList<>()).add(move);
    }
    return new Plan(flake, before, moves);
  }

  private static byte[] required(Map<String, byte[]> files, String directory, String name)
      throws UnfitException {
    byte[] file = files.get(Path.of(directory).resolve(name).normalize().toString());
    if (file == null) {
      throw new UnfitException("there is no " + name);
    }
    return file;
  }

  private static boolean isWritten(FlakeLock lock, byte[] file) {
    return lock.written().filter(bytes -> Arrays.equals(bytes, file)).isPresent();
  }

  private static void requireNone(Optional<String> objection) throws UnfitException {
    if (objection.isPresent()) {
      throw new UnfitException(objection.get());
    }
  }

  private Optional<String> agreement(
      LockAgreement agreement, Move move, ArchiveTree tree, Deadline limit)
      throws UnfitException, IOException, JobException {
    Path folder = move.folder();
    Optional<byte[]> flake = tree.file(folder.resolve("flake.nix"), LockReader.MOST_BYTES);
    Optional<byte[]> lock = tree.file(folder.resolve("flake.lock"), LockReader.MOST_BYTES);
    if (flake.isEmpty()) {
      throw new UnfitException("`" + move.input() + "` has no flake.nix");
    }
    String directory = folder.toString().isEmpty() ? "." : folder.toString();
    FlakeDeclarations declared = reader.read(flake.get(), directory, limit);
    FlakeLock own = lock.isEmpty() ? FlakeLock.empty() : FlakeLock.parse(lock.get());
    return agreement.ofSource(move.input(), declared, own);
  }
}
