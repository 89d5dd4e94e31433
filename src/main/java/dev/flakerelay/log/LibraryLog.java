package dev.flakerelay.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogManager;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/**
 * Puts what libraries log as warnings, and what ends a thread, into the program's own log, as
 * events of the same form.
 */
public final class LibraryLog extends Handler {
  private static final SimpleFormatter FORMATTER = new SimpleFormatter();

  /** Characters of a stack trace; the first lines say most. */
  private static final int LONGEST_STACK = 8000;

  private final EventLog log;

  private LibraryLog(EventLog log) {
    this.log = log;
  }

  /** Into a log on standard error, for commands that keep none themselves. */
  public static void intoStderr() {
    into(new EventLog(System.err, EventLog.Format.TEXT, InstantSource.system()));
  }

  /** Into this log, from now on. */
  public static void into(EventLog log) {
    LogManager.getLogManager().reset();
    Logger root = Logger.getLogger("");
    root.setLevel(Level.WARNING);
    root.addHandler(new LibraryLog(log));
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> uncaught(log, thread, failure));
  }

  private static void uncaught(EventLog log, Thread thread, Throwable failure) {
    try {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("thread", thread.getName());
      fields.put("reason", failure.toString());
      fields.put("stack", stack(failure));
      log.error("uncaught", fields);
    } catch (Throwable e) {
      // No memory, or a failure that can't even say what it is. The JVM would print that itself.
      log.lastResort("uncaught");
    }
  }

  private static String stack(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text, true));
    return text.getBuffer().substring(0, Math.min(LONGEST_STACK, text.getBuffer().length()));
  }

  @Override
  public void publish(LogRecord event) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("logger", String.valueOf(event.getLoggerName()));
    Throwable cause = event.getThrown();
    try {
      String message = FORMATTER.formatMessage(event);
      fields.put("message", cause == null ? message : message + ": " + cause);
      if (cause != null) {
        fields.put("stack", stack(cause));
      }
    } catch (RuntimeException e) {
      // Of an object that was logged and can't say what it is.
      fields.put("message", String.valueOf(event.getMessage()));
    }
    log.warn("library", fields);
  }

  @Override
  public void flush() {}

  @Override
  public void close() {}
}
