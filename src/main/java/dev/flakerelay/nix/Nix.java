package dev.flakerelay.nix;

import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Token;
import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.flake.LockReader;
import dev.flakerelay.lock.FetchPolicy;
import dev.flakerelay.lock.FetchRules;
import dev.flakerelay.lock.LockGate;
import dev.flakerelay.net.OutboundNetwork;
import dev.flakerelay.net.PublicAddress;
import dev.flakerelay.nix.egress.FetchProxy;
import dev.flakerelay.nix.egress.FetchScope;
import dev.flakerelay.nix.egress.KnownRepositories;
import dev.flakerelay.nix.egress.SshGate;
import dev.flakerelay.nix.egress.TrustedCertificates;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The {@code nix} program, version 2.19 or newer, run for one thing: to make a new {@code
 * flake.lock}. It runs in a folder of its own with an environment of its own, and leaves nothing
 * behind.
 */
public final class Nix {
  private final Path program;
  private final Path work;
  private final NixLimits limits;
  private final Map<String, String> environment;
  private final OutboundNetwork network;
  private final FetchRules rules;
  private final Deadline deadline;
  private final ReadFlakes read;

  /**
   * A nix program.
   *
   * @param program its path
   * @param work where a folder is made for each run
   * @param environment the process's environment, of which nix is given the search path and the
   *     certificates; the proxies in it are used for what nix fetches
   * @param rules what may be fetched
   */
  public Nix(
      Path program,
      Path work,
      NixLimits limits,
      Map<String, String> environment,
      FetchRules rules) {
    this(program, work, limits, environment, rules, Deadline.NONE, new ReadFlakes());
  }

  private Nix(
      Path program,
      Path work,
      NixLimits limits,
      Map<String, String> environment,
      FetchRules rules,
      Deadline deadline,
      ReadFlakes read) {
    this.program = program;
    this.work = work;
    this.limits = limits;
    this.environment = Map.copyOf(environment);
    this.network = OutboundNetwork.of(environment);
    this.rules = rules;
    this.deadline = deadline;
    this.read = read;
  }

  /** Begins what a lock with a token needs and takes a while, beside the caller's other work. */
  public void prepareForToken() {
    Thread.ofVirtual().name("certificates").start(TrustedCertificates::prepare);
  }

  /** The same program for work that must have ended some time. */
  public Nix within(Deadline limit) {
    return new Nix(program, work, limits, environment, rules, limit, read);
  }

  /**
   * The nix program that an environment offers ({@link NixProgram}), within the usual limits.
   *
   * @param environment the process's environment
   * @param work where a folder is made for each run
   * @param rules as in the constructor
   * @throws PermanentException if there is none
   */
  public static Nix find(Map<String, String> environment, Path work, FetchRules rules)
      throws PermanentException {
    return find(environment, work, NixLimits.DEFAULT, rules);
  }

  /**
   * The same within other limits.
   *
   * @throws PermanentException if there is none
   */
  public static Nix find(
      Map<String, String> environment, Path work, NixLimits limits, FetchRules rules)
      throws PermanentException {
    Path program =
        NixProgram.find(environment)
            .orElseThrow(
                () ->
                    new PermanentException(
                        "there is no nix program on PATH, and RELAY_NIX names none: install nix "
                            + NixVersion.OLDEST
                            + " or newer, or start this through ./relay, which builds one (in"
                            + " Lambda: add the layer that brings it)"));
    return new Nix(program, work, limits, environment, rules);
  }

  /**
   * Locks inputs to given references, as {@code nix flake lock --override-input NAME REFERENCE}
   * does in a checkout.
   *
   * @param files the flake's files by path relative to the repository's root: flake.nix,
   *     flake.lock, and those of flakes that it takes in by relative path; without flake.lock it is
   *     locked for the first time, and may use files of this machine
   * @param directory where flake.nix is, {@code .} for the root
   * @param overrides references by input name
   * @param access tokens for forges, with which what the target has locked is opened
   * @return the new flake.lock
   * @throws PermanentException if nix says that this can't be locked
   * @throws RetryableException if the network, the machine or the limits stood in the way
   */
  public byte[] lock(
      Map<String, byte[]> files,
      String directory,
      Map<String, String> overrides,
      List<NixAccess> access)
      throws JobException {
    Path lockPath = Path.of(directory).resolve("flake.lock").normalize();
    byte[] old = files.get(lockPath.toString());
    FlakeLock before = old == null ? FlakeLock.empty() : FlakeLock.parse(old);
    FetchPolicy policy =
        old == null ? FetchPolicy.ofUnlocked(rules) : FetchPolicy.of(before, rules);
    KnownRepositories known = new KnownRepositories(access, before, rules);
    LockGate gate = new LockGate(policy, before, known);
    List<Token> tokens = access.stream().map(NixAccess::token).distinct().toList();
    try (NixFolder folder = new NixFolder(work);
        FetchProxy proxy =
            FetchProxy.start(
                new FetchScope(policy, network, PublicAddress.Resolver.SYSTEM, access, known),
                limits.networkBytes())) {
      folder.write(files);
      String command = environment.getOrDefault("GIT_SSH_COMMAND", "ssh");
      SshGate ssh = SshGate.write(folder.path(), known.sshCommands(), command);
      Map<String, String> variables = NixEnvironment.of(environment, folder, limits);
      variables.putAll(NixEnvironment.network(proxy, policy, ssh));
      if (!access.isEmpty()) {
        Path certificates = TrustedCertificates.write(folder.path(), network);
        variables.putAll(NixEnvironment.trust(certificates));
      }
      NixProcess nix =
          new NixProcess(program, folder, limits, variables, () -> breach(proxy, ssh), deadline);
      try {
        FlakeReader reader = new FlakeReader(nix, folder, tokens, read);
        FlakeSurvey survey = new FlakeSurvey(reader, nix, gate, before, folder.flake(), directory);
        for (Map.Entry<String, String> override : new TreeMap<>(overrides).entrySet()) {
          if (before.isFlake(override.getKey())) {
            survey.look(override.getKey(), override.getValue());
          }
        }
        String attempt = "nix could not lock " + overrides.values();
        nix.run(command(folder, directory, overrides), attempt, tokens);
      } catch (RetryableException e) {
        // nix hears no more of a failed connection than a status.
        throw proxy.trouble().map(e::explained).orElse(e);
      }
      byte[] made = LockReader.bytes(folder.flake().resolve(lockPath));
      FlakeLock after = FlakeLock.parse(made);
      gate.checkNew(after);
      proxy.requirePublic(after);
      return made;
    } catch (IOException e) {
      throw new RetryableException("could not run nix (" + program + "): " + e, e);
    }
  }

  /** How long one run takes at the most. */
  public Duration longest() {
    return limits.time();
  }

  private static Optional<String> breach(FetchProxy proxy, SshGate ssh) throws IOException {
    Optional<String> refused = ssh.refused();
    return refused.isPresent() ? refused : proxy.breach();
  }

  private static List<String> command(
      NixFolder folder, String directory, Map<String, String> overrides) {
    List<String> command = new ArrayList<>(List.of("flake", "lock"));
    new TreeMap<>(overrides)
        .forEach(
            (input, reference) -> command.addAll(List.of("--override-input", input, reference)));
    command.add(folder.url(directory));
    return command;
  }

  /**
   * The program's version, such as {@code 2.26.3}.
   *
   * @throws JobException if the program does not run, or is older than 2.19
   */
  public String version() throws JobException {
    try (NixFolder folder = new NixFolder(work)) {
      NixProcess nix =
          new NixProcess(
              program,
              folder,
              limits,
              NixEnvironment.of(environment, folder, limits),
              Optional::empty,
              deadline);
      return NixVersion.of(nix).text();
    } catch (FileSystemException e) {
      throw new PermanentException(NixFolder.trouble(work, e), e);
    } catch (IOException e) {
      throw new PermanentException(
          "could not run nix (" + program + "): " + e.getMessage() + ": set RELAY_NIX to its path",
          e);
    }
  }
}
