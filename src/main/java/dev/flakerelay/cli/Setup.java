package dev.flakerelay.cli;

import dev.flakerelay.JobException;
import dev.flakerelay.config.Config;
import dev.flakerelay.config.ConfigException;
import dev.flakerelay.config.ConfigReader;
import dev.flakerelay.config.Network;
import dev.flakerelay.nix.Nix;
import dev.flakerelay.secret.SecretException;
import dev.flakerelay.secret.SecretReader;
import dev.flakerelay.secret.SecretValues;
import dev.flakerelay.update.Repositories;
import dev.flakerelay.update.Workshop;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Map;

/**
 * What several commands need before they can work. What is missing fails now, and not at the first
 * delivery or job.
 *
 * @param environment the process's environment
 * @param config relay.yaml
 * @param reader open until the process ends
 */
public record Setup(Map<String, String> environment, Config config, SecretReader reader) {

  static Setup read(Path file) throws ConfigException {
    Umask.forThisUserAlone();
    Map<String, String> environment = System.getenv();
    return new Setup(environment, ConfigReader.read(file), SecretReader.of(environment));
  }

  /** The webhook's secrets, of which each can be read. */
  SecretValues webhookSecrets() throws SecretException {
    SecretValues secrets =
        SecretValues.of(reader, config.secrets().webhook(), InstantSource.system());
    var _ = secrets.current();
    return secrets;
  }

  /**
   * The targets and sources, with a token that can be read, if the configuration names one.
   *
   * @param folder where Git caches are kept
   */
  Repositories repositories(Path folder) throws SecretException {
    Repositories repositories = Repositories.of(config, reader, folder.resolve("git"));
    var _ = repositories.token().current();
    return repositories;
  }

  /**
   * What updates are made with.
   *
   * @param folder where Git caches and nix's folders are kept
   */
  Workshop workshop(Path folder) throws SecretException, SetupException {
    Folders.prepare(folder);
    Nix nix = nix(environment, folder, config.network()).withFeatures(config.nixFeatures());
    return new Workshop(nix, repositories(folder));
  }

  /** A nix that was seen to run. */
  public static Nix nix(Map<String, String> environment, Path folder, Network network)
      throws SetupException {
    try {
      Nix nix = Nix.find(environment, folder.resolve("nix"), Workshop.rules(network));
      nix.version();
      return nix;
    } catch (JobException e) {
      throw new SetupException(e.getMessage(), e);
    }
  }
}
