package dev.flakerelay.git.transport;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.Serial;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * How much a server has sent in one conversation. JGit keeps names, messages and the list of
 * announced objects in memory and writes everything else to the disk, all of it without end.
 */
public final class Traffic {
  /** Ten times what a history of 60,000 commits without trees takes. */
  public static final long MOST_BYTES = 256L << 20;

  /** Names of refs, capabilities, shallow commits: some 200,000 refs. */
  private static final long MOST_TEXT = 16L << 20;

  /** JGit joins messages in quadratic time; nobody reads more than the first lines. */
  private static final int MOST_MESSAGES = 16 << 10;

  /** Of each JGit remembers about a hundred bytes. */
  private static final long MOST_OBJECTS = 1_000_000;

  private final long mostBytes;
  private long bytes;
  private long text;
  private long messages;
  private long objects;
  private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
  private volatile @Nullable String excess;

  /** With a limit to all that is sent. */
  public Traffic(long mostBytes) {
    this.mostBytes = mostBytes;
  }

  /** Any bytes, of whatever kind. */
  synchronized void add(long more) throws Excess {
    bytes += more;
    if (bytes > mostBytes) {
      throw refuse("more than " + (mostBytes >> 20) + " MB");
    }
  }

  /** Bytes that are kept in memory. */
  synchronized void addText(long more) throws Excess {
    text += more;
    if (text > MOST_TEXT) {
      throw refuse("more than " + (MOST_TEXT >> 20) + " MB of names");
    }
  }

  /** A message for people; whether there is still room for it. */
  synchronized boolean addMessage(long more) {
    boolean room = messages < MOST_MESSAGES;
    messages += more;
    return room;
  }

  /** Words beside the conversation, with which a server says why it ends it. */
  synchronized void hear(byte[] some, int from, int length) {
    heard.write(some, from, Math.min(length, MOST_MESSAGES - heard.size()));
  }

  /** Those words; empty if the server said nothing. */
  public synchronized Optional<String> heard() {
    return Optional.of(heard.toString(StandardCharsets.UTF_8).strip())
        .filter(words -> !words.isEmpty());
  }

  /** The number of objects that a pack says it has. */
  synchronized void addObjects(long more) throws Excess {
    objects += more;
    if (objects > MOST_OBJECTS) {
      throw refuse("a pack of " + more + " objects, the most are " + MOST_OBJECTS);
    }
  }

  /** What was too much, if something was: JGit may have wrapped the exception beyond knowing. */
  public Optional<String> excess() {
    return Optional.ofNullable(excess);
  }

  /** Remembers what a server should not have sent. */
  Excess refuse(String what) {
    excess = what;
    return new Excess("the server sent " + what);
  }

  /** The server sent more than anybody needs. */
  static final class Excess extends IOException {
    @Serial private static final long serialVersionUID = 1;

    Excess(String message) {
      super(message);
    }
  }
}
