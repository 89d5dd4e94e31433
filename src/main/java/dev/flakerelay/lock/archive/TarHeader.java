package dev.flakerelay.lock.archive;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** One header block of a tar archive ("ustar Interchange Format", POSIX pax utility). */
final class TarHeader {
  static final int BYTES = 512;

  private static final byte[] MAGIC = "ustar\00000".getBytes(StandardCharsets.US_ASCII);
  private static final int CHECKSUM = 148;
  private static final int CHECKSUM_END = 156;

  private final byte[] block;

  /**
   * A block.
   *
   * @throws ArchiveException if it is of another kind of tar, or damaged
   */
  TarHeader(byte[] block) throws ArchiveException {
    this.block = block;
    if (!Arrays.equals(block, 257, 265, MAGIC, 0, MAGIC.length)) {
      throw new ArchiveException("the archive is of another kind of tar than git makes");
    }
    long sum = 0;
    for (int i = 0; i < BYTES; i++) {
      sum += i >= CHECKSUM && i < CHECKSUM_END ? ' ' : block[i] & 0xff;
    }
    if (sum != number(CHECKSUM, CHECKSUM_END)) {
      throw new ArchiveException("the archive is damaged: a checksum in it is wrong");
    }
  }

  /** What kind of entry follows. */
  char type() {
    return (char) (block[156] & 0xff);
  }

  /** The path's bytes, of which nobody says what characters they are. */
  byte[] path() {
    byte[] name = text(0, 100);
    byte[] prefix = text(345, 500);
    if (prefix.length == 0) {
      return name;
    }
    byte[] path = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
    path[prefix.length] = '/';
    System.arraycopy(name, 0, path, prefix.length + 1, name.length);
    return path;
  }

  /** Where a symbolic link leads. */
  byte[] target() {
    return text(157, 257);
  }

  boolean isExecutable() throws ArchiveException {
    return (number(100, 108) & 0100) != 0;
  }

  long size() throws ArchiveException {
    return number(124, 136);
  }

  /** Seconds since 1970. */
  long time() throws ArchiveException {
    return number(136, 148);
  }

  private byte[] text(int from, int end) {
    int last = from;
    while (last < end && block[last] != 0) {
      last++;
    }
    return Arrays.copyOfRange(block, from, last);
  }

  private long number(int from, int end) throws ArchiveException {
    String digits = new String(block, from, end - from, StandardCharsets.ISO_8859_1);
    String octal = digits.replace('\0', ' ').strip();
    if (!octal.matches("[0-7]{1,12}")) {
      throw new ArchiveException("the archive has a number that is not octal");
    }
    return Long.parseLong(octal, 8);
  }
}
