package dev.flakerelay.lock.archive;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads tar as {@code git archive} writes it, which is what forges send: ustar headers, pax headers
 * for long paths and large files, and for the commit. Anything else that tar may be is refused, as
 * programs read it differently.
 */
final class TarReader {
  private static final int MOST_PAX_BYTES = 1 << 20;

  private final InputStream in;
  private @Nullable String comment;
  private long left;
  private int padding;

  /** Reads from a stream, which is not compressed. */
  TarReader(InputStream in) {
    this.in = in;
  }

  /** What an entry is. */
  enum Kind {
    FILE,
    FOLDER,
    LINK
  }

  /**
   * An entry.
   *
   * @param path its bytes, without a slash at the end
   * @param target where a link leads
   * @param size of a file in bytes
   * @param time seconds since 1970
   */
  // The arrays are read, never compared.
  @SuppressWarnings("ArrayRecordComponent")
  record Entry(Kind kind, byte[] path, byte[] target, boolean isExecutable, long size, long time) {}

  /** The commit that the archive says it is of; empty if it does not say so. */
  Optional<String> commit() {
    return Optional.ofNullable(comment);
  }

  /** The next entry, whatever was read of the last one's contents; empty at the end. */
  Optional<Entry> next() throws IOException {
    finishContents();
    PaxRecords pax = PaxRecords.NONE;
    while (true) {
      byte[] block = block();
      if (isZero(block)) {
        requireEnd();
        return Optional.empty();
      }
      TarHeader header = new TarHeader(block);
      switch (header.type()) {
        case 'g' -> comment = global(header).text("comment").orElse(comment);
        case 'x' -> pax = records(header).requireOnly("path", "linkpath", "size");
        default -> {
          Entry entry = entry(header, pax);
          begin(entry.size());
          return Optional.of(entry);
        }
      }
    }
  }

  /** Reads of the contents of the entry that {@link #next} gave; negative at their end. */
  int read(byte[] buffer) throws IOException {
    if (left == 0) {
      return -1;
    }
    int count = in.read(buffer, 0, (int) Math.min(buffer.length, left));
    if (count < 0) {
      throw new EOFException("the archive ends within a file");
    }
    left -= count;
    return count;
  }

  private static Entry entry(TarHeader header, PaxRecords pax) throws ArchiveException {
    byte[] path = pax.path("path").orElse(header.path());
    long size = pax.number("size").orElse(header.size());
    boolean isFolderName = path.length > 0 && path[path.length - 1] == '/';
    Kind kind =
        switch (header.type()) {
          case '0' -> Kind.FILE;
          case '5' -> Kind.FOLDER;
          case '2' -> Kind.LINK;
          default ->
              throw new ArchiveException(
                  "the archive has an entry of the type `" + printable(header.type()) + "`");
        };
    if (isFolderName != (kind == Kind.FOLDER) || (kind != Kind.FILE && size != 0)) {
      throw new ArchiveException("the archive has an entry that is of two types at once");
    }
    byte[] target = pax.path("linkpath").orElse(header.target());
    if ((target.length == 0) == (kind == Kind.LINK)) {
      throw new ArchiveException("the archive has a link that leads nowhere");
    }
    byte[] name = isFolderName ? Arrays.copyOf(path, path.length - 1) : path;
    return new Entry(kind, name, target, header.isExecutable(), size, header.time());
  }

  private static String printable(char type) {
    return type > ' ' && type < 0x7f ? String.valueOf(type) : Integer.toString(type);
  }

  private PaxRecords global(TarHeader header) throws IOException {
    return records(header).requireOnly("comment");
  }

  private PaxRecords records(TarHeader header) throws IOException {
    if (header.size() > MOST_PAX_BYTES) {
      throw new ArchiveException("the archive has a pax header that is too large");
    }
    begin(header.size());
    byte[] block = in.readNBytes((int) left);
    if (block.length < left) {
      throw new EOFException("the archive ends within a pax header");
    }
    left = 0;
    finishContents();
    return PaxRecords.of(block);
  }

  private void begin(long size) {
    left = size;
    padding = (int) (-size & (TarHeader.BYTES - 1));
  }

  private void finishContents() throws IOException {
    in.skipNBytes(left + padding);
    left = 0;
    padding = 0;
  }

  private byte[] block() throws IOException {
    byte[] block = in.readNBytes(TarHeader.BYTES);
    if (block.length < TarHeader.BYTES) {
      throw new EOFException("the archive has no end");
    }
    return block;
  }

  /** Reads on, so that the compression's own checksum is looked at, too. */
  private void requireEnd() throws IOException {
    for (byte[] rest = in.readNBytes(TarHeader.BYTES);
        rest.length > 0;
        rest = in.readNBytes(TarHeader.BYTES)) {
      if (!isZero(rest)) {
        throw new ArchiveException("the archive goes on after its end");
      }
    }
  }

  private static boolean isZero(byte[] block) {
    for (byte each : block) {
      if (each != 0) {
        return false;
      }
    }
    return true;
  }
}
