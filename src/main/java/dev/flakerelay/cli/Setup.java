package dev.flakerelay.cli;

import dev.flakerelay.JobException;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.ConfigException;
import dev.flakerelay.config.ConfigReader;
import dev.flakerelay.config.Network;
import dev.flakerelay.config.Secret;
import dev.flakerelay.config.SecretException;
import dev.flakerelay.config.SecretReader;
import dev.flakerelay.config.SecretReference;
import dev.flakerelay.git.GitToken;
import dev.flakerelay.nix.Nix;
import dev.flakerelay.nix.NixLimits;
import dev.flakerelay.nix.NixProgram;
import dev.flakerelay.update.Workshop;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What several commands need before they can work.
 *
 * @param environment the process's environment
 * @param config relay.yaml
 */
record Setup(Map<String, String> environment, Config config) {

  static Setup read(Path file) throws ConfigException {
    return new Setup(System.getenv(), ConfigReader.read(file));
  }

  /**
   * The values of the webhook's secrets; a missing one fails now, and not at the first delivery.
   */
  List<Secret> webhookSecrets() throws SecretException {
    try (SecretReader reader = SecretReader.of(environment)) {
      List<Secret> secrets = new ArrayList<>();
      for (SecretReference reference : config.secrets().webhook()) {
        secrets.add(reader.read(reference));
      }
      return secrets;
    }
  }

  /**
   * What updates are made with.
   *
   * @param folder where Git caches and nix's folders are kept
   */
  Workshop workshop(Path folder) throws SecretException, SetupException {
    Optional<GitToken> token = Optional.empty();
    if (config.secrets().git().isPresent()) {
      try (SecretReader reader = SecretReader.of(environment)) {
        Secret secret = reader.read(config.secrets().git().get());
        token = Optional.of(new GitToken(secret.value()));
      }
    }
    return new Workshop(
        nix(environment, folder, config.network()),
        folder.resolve("git"),
        token,
        Workshop.DEFAULT_RACES);
  }

  /** A nix that was seen to run. */
  static Nix nix(Map<String, String> environment, Path folder, Network network)
      throws SetupException {
    Path program =
        NixProgram.find(environment)
            .orElseThrow(
                () ->
                    new SetupException(
                        "there is no nix program on PATH, and RELAY_NIX names none:"
                            + " install nix 2.19 or newer, or start this through ./relay,"
                            + " which builds one"));
    Nix nix =
        new Nix(program, folder.resolve("nix"), NixLimits.DEFAULT, environment, network.allow());
    try {
      nix.version();
      return nix;
    } catch (JobException e) {
      throw new SetupException(e.getMessage(), e);
    }
  }
}
