package dev.flakerelay.cli;

import dev.flakerelay.EventLog;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/** Puts what libraries log as warnings into the program's own log, as events of the same form. */
final class LibraryLog extends Handler {
  private static final SimpleFormatter FORMATTER = new SimpleFormatter();

  private final EventLog log;

  private LibraryLog(EventLog log) {
    this.log = log;
  }

  /** Into a log on standard error, for commands that keep none themselves. */
  static void intoStderr() {
    into(new EventLog(System.err, EventLog.Format.TEXT, InstantSource.system()));
  }

  static void into(EventLog log) {
    LogManager.getLogManager().reset();
    Logger root = Logger.getLogger("");
    root.setLevel(Level.WARNING);
    root.addHandler(new LibraryLog(log));
  }

  @Override
  public void publish(LogRecord event) {
    String cause = event.getThrown() == null ? "" : ": " + event.getThrown();
    log.warn(
        "library",
        new TreeMap<>(
            Map.of(
                "logger",
                String.valueOf(event.getLoggerName()),
                "message",
                FORMATTER.formatMessage(event) + cause)));
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
