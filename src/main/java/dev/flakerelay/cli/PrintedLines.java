package dev.flakerelay.cli;

import dev.flakerelay.log.EventLog;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Makes each line that is printed on a standard stream an event of the log, so that a log of JSON
 * holds nothing else, whatever a library prints.
 */
final class PrintedLines extends OutputStream {
  private static final int LONGEST = 16_000;

  private final EventLog log;
  private final String stream;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream();

  private PrintedLines(EventLog log, String stream) {
    this.log = log;
    this.stream = stream;
  }

  /** A stream whose lines go into the log. */
  static PrintStream into(EventLog log, String stream) {
    return new PrintStream(new PrintedLines(log, stream), true, StandardCharsets.UTF_8);
  }

  @Override
  public synchronized void write(int character) {
    if (character == '\n' || line.size() >= LONGEST) {
      tell();
    }
    if (character != '\n') {
      line.write(character);
    }
  }

  private void tell() {
    String text = line.toString(StandardCharsets.UTF_8).stripTrailing();
    line.reset();
    if (!text.isEmpty()) {
      Map<String, Object> fields = new LinkedHashMap<>();
      fields.put("stream", stream);
      fields.put("text", text);
      log.warn("printed", fields);
    }
  }

  @Override
  public synchronized void close() {
    tell();
  }
}
