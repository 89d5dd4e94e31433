package dev.flakerelay.nix;

import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Token;
import dev.flakerelay.flake.FlakeDeclarations;
import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.flake.LockReader;
import dev.flakerelay.lock.DeclarationReader;
import dev.flakerelay.lock.FetchPolicy;
import dev.flakerelay.lock.FetchRules;
import dev.flakerelay.lock.ForgeToken;
import dev.flakerelay.lock.LockEngine;
import dev.flakerelay.lock.LockGate;
import dev.flakerelay.lock.NewLock;
import dev.flakerelay.lock.egress.FetchProxy;
import dev.flakerelay.lock.egress.FetchScope;
import dev.flakerelay.lock.egress.KnownRepositories;
import dev.flakerelay.lock.egress.SshGate;
import dev.flakerelay.lock.egress.TrustedCertificates;
import dev.flakerelay.net.OutboundNetwork;
import dev.flakerelay.net.PublicAddress;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * The {@code nix} program, version 2.19 or newer, run for one thing: to make a new {@code
 * flake.lock}. It runs in a folder of its own with an environment of its own, and leaves nothing
 * behind.
 */
public final class Nix implements LockEngine, DeclarationReader {
  private final Path program;
  private final Path work;
  private final NixLimits limits;
  private final Map<String, String> environment;
  private final OutboundNetwork network;
  private final FetchRules rules;
  private final Deadline deadline;
  private final List<String> features;
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
    this(program, work, limits, environment, rules, Deadline.NONE, List.of(), new ReadFlakes());
  }

  private Nix(
      Path program,
      Path work,
      NixLimits limits,
      Map<String, String> environment,
      FetchRules rules,
      Deadline deadline,
      List<String> features,
      ReadFlakes read) {
    this.program = program;
    this.work = work;
    this.limits = limits;
    this.environment = Map.copyOf(environment);
    this.network = OutboundNetwork.of(environment);
    this.rules = rules;
    this.deadline = deadline;
    this.features = List.copyOf(features);
    this.read = read;
  }

  @Override
  public void prepareForToken() {
    Thread.ofVirtual().name("certificates").start(TrustedCertificates::prepare);
  }

  @Override
  public Nix within(Deadline limit) {
    return new Nix(program, work, limits, environment, rules, limit, features, read);
  }

  /** The same program with features of the language that are experiments. */
  public Nix withFeatures(List<String> names) {
    return new Nix(program, work, limits, environment, rules, deadline, names, read);
  }

  /**
   * The nix program that an environment offers ({@link NixProgram}).
   *
   * @param environment the process's environment
   * @param work where a folder is made for each run
   * @param rules as in the constructor
   * @throws PermanentException if there is none
   */
  public static Nix find(
      Map<String, String> environment, Path work, NixLimits limits, FetchRules rules)
      throws PermanentException {
    return new Nix(NixProgram.require(environment), work, limits, environment, rules);
  }

  @Override
  public NewLock lock(
      Map<String, byte[]> files,
      String directory,
      Map<String, String> overrides,
      List<ForgeToken> forges)
      throws JobException {
    Path lockPath = Path.of(directory).resolve("flake.lock").normalize();
    byte[] old = files.get(lockPath.toString());
    FlakeLock before = old == null ? FlakeLock.empty() : FlakeLock.parse(old);
    FetchPolicy policy =
        old == null ? FetchPolicy.ofUnlocked(rules) : FetchPolicy.of(before, rules);
    List<Token> tokens = new CopyOnWriteArrayList<>();
    List<ForgeToken> access = forges.stream().map(each -> each.telling(tokens)).toList();
    KnownRepositories known = new KnownRepositories(access, before, rules);
    LockGate gate = new LockGate(policy, before, known);
    try (NixFolder folder = new NixFolder(work);
        FetchProxy proxy =
            FetchProxy.start(
                new FetchScope(policy, network, PublicAddress.Resolver.SYSTEM, access, known),
                limits.networkBytes())) {
      folder.write(files);
      String command = environment.getOrDefault("GIT_SSH_COMMAND", "ssh");
      SshGate ssh = SshGate.write(folder.path(), known.sshCommands(), command);
      Map<String, String> variables = NixEnvironment.of(environment, folder, limits, features);
      variables.putAll(NixEnvironment.network(proxy, policy, ssh));
      if (!access.isEmpty()) {
        Path certificates = TrustedCertificates.write(folder.path(), network);
        variables.putAll(NixEnvironment.trust(certificates));
      }
      NixProcess nix =
          new NixProcess(
              program, folder, limits, variables, () -> ssh.refused().or(proxy::breach), deadline);
      try {
        FlakeReader reader = new FlakeReader(nix, folder, tokens, read);
        FlakeSurvey survey = new FlakeSurvey(reader, gate, before, folder.flake(), directory);
        survey.look(overrides, deadline);
        String attempt = "nix could not lock " + overrides.values();
        nix.run(LockCommand.of(overrides, folder.url(directory)), attempt, tokens);
      } catch (RetryableException e) {
        // nix hears no more of a failed connection than a status.
        throw proxy.trouble().map(e::explained).orElse(e);
      }
      byte[] made = LockReader.bytes(folder.flake().resolve(lockPath));
      FlakeLock after = FlakeLock.parse(made);
      gate.checkNew(after);
      proxy.requirePublic(after);
      return new NewLock(made, "nix");
    } catch (IOException e) {
      throw new RetryableException("could not run nix (" + program + "): " + e, e);
    }
  }

  @Override
  public FlakeDeclarations read(byte[] text, String directory, Deadline limit) throws JobException {
    try (NixFolder folder = new NixFolder(work)) {
      folder.write(Map.of(Path.of(directory).resolve("flake.nix").normalize().toString(), text));
      Map<String, String> variables = NixEnvironment.of(environment, folder, limits, features);
      NixProcess nix = new NixProcess(program, folder, limits, variables, Optional::empty, limit);
      return new FlakeReader(nix, folder, List.of(), read).declarations(folder.flake(), directory);
    } catch (IOException e) {
      throw new RetryableException("could not run nix (" + program + "): " + e, e);
    }
  }

  @Override
  public Duration longest() {
    return limits.time();
  }

  /** Fails if the program does not run, or is older than 2.19. */
  @Override
  public String version() throws JobException {
    try (NixFolder folder = new NixFolder(work)) {
      NixProcess nix =
          new NixProcess(
              program,
              folder,
              limits,
              NixEnvironment.of(environment, folder, limits, features),
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
