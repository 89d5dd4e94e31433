package dev.flakerelay.cli;

import dev.flakerelay.JobException;
import dev.flakerelay.app.Relay;
import dev.flakerelay.cli.option.Folders;
import dev.flakerelay.cli.option.SetupException;
import dev.flakerelay.config.ConfigException;
import dev.flakerelay.config.read.ConfigReader;
import dev.flakerelay.log.EventLog;
import dev.flakerelay.secret.SecretException;
import java.nio.file.Path;
import java.time.InstantSource;

/** What several commands need before they can work. */
public final class Setup {
  private Setup() {}

  /**
   * Reads the configuration.
   *
   * @param folder where Git caches and nix's folders are kept
   */
  static Relay read(Path file, Path folder, EventLog log) throws ConfigException {
    Umask.forThisUserAlone();
    return new Relay(System.getenv(), ConfigReader.read(file), folder, log, InstantSource.system());
  }

  /** The same for a command that tells what it does on the terminal, and keeps a cache. */
  static Relay read(Path file, String cache) throws ConfigException {
    EventLog log = new EventLog(System.err, EventLog.Format.TEXT, InstantSource.system());
    return read(file, Folders.cache(System.getenv()).resolve(cache), log);
  }

  /** Fails now if no token can be read that the configuration names, and not at the first job. */
  static Relay withToken(Relay relay) throws SecretException, SetupException {
    try {
      relay.requireSecrets();
    } catch (IllegalArgumentException e) {
      throw new SetupException(String.valueOf(e.getMessage()), e);
    }
    return relay;
  }

  /** Fails now, too, if the folder can't be used, or there is no nix that runs. */
  public static Relay ready(Relay relay) throws SecretException, SetupException {
    Folders.prepare(relay.work());
    try {
      var _ = relay.nix().version();
    } catch (JobException e) {
      throw new SetupException(String.valueOf(e.getMessage()), e);
    }
    return withToken(relay);
  }
}
