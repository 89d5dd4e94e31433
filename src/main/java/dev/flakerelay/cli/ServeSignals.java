package dev.flakerelay.cli;

import dev.flakerelay.app.Relay;
import dev.flakerelay.config.ConfigException;
import dev.flakerelay.config.read.ConfigReader;
import dev.flakerelay.local.RelayService;
import dev.flakerelay.log.EventLog;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What {@code relay serve} does on signals: SIGTERM and SIGINT stop it, SIGHUP reads the config.
 */
// The JDK's documented way to hear of a signal (module jdk.unsupported), for which there is no
// other.
@SuppressWarnings("sunapi")
final class ServeSignals {
  private final RelayService service;
  private final EventLog log;
  private final boolean onTerminal = Terminal.isStderr();

  ServeSignals(RelayService service, EventLog log) {
    this.service = service;
    this.log = log;
  }

  /**
   * Stops the service in the end of the process.
   *
   * @param code what the process ends with
   * @return open once it has stopped
   */
  CountDownLatch stop(AtomicInteger code) {
    CountDownLatch stopped = new CountDownLatch(1);
    Thread stop =
        new Thread(
            () -> {
              log.info("stopping", Map.of());
              service.close();
              log.info("stopped", Map.of());
              stopped.countDown();
              // The signal's own exit code, 143, would say that the stop was not a clean one.
              Runtime.getRuntime().halt(code.get());
            },
            "stop");
    Runtime.getRuntime().addShutdownHook(stop);
    return stopped;
  }

  /**
   * Reads the configuration again on SIGHUP. A terminal that is closed sends the same; then the
   * service stops, as nobody would find it again.
   */
  void reload(Path config, Relay first) {
    HangupSignal.handle(
        () -> {
          if (onTerminal && Terminal.isGone()) {
            System.exit(Main.DONE);
          }
          read(config, first);
        });
  }

  private synchronized void read(Path file, Relay first) {
    Optional<String> refusal = Optional.empty();
    try {
      Relay relay = first.with(ConfigReader.read(file));
      var _ = relay.webhookSecrets().current();
      service.use(Setup.ready(relay));
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("config", file.toAbsolutePath().toString());
      fields.put("routes", List.copyOf(relay.config().routes().keySet()));
      log.info("reloaded", fields);
    } catch (ConfigException e) {
      refusal = Optional.of(String.valueOf(e.getMessage()));
    } catch (Exception e) {
      // Whatever it is, the one before works.
      refusal = Optional.of(e.getMessage() == null ? e.toString() : e.getMessage());
    }
    refusal.ifPresent(
        why ->
            log.error(
                "reload-refused",
                Map.of("reason", why + "; the configuration before stays in use")));
    service.reloaded(refusal);
  }
}
