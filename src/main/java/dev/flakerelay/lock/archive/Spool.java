package dev.flakerelay.lock.archive;

import dev.flakerelay.process.ScratchFolder;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The contents of all files of an archive, one after the other in one file: an archive has them in
 * another order than they are hashed in.
 */
final class Spool implements AutoCloseable {
  private static final int BUFFER = 256 * 1024;

  private final ScratchFolder folder;
  private final FileChannel file;
  private final ByteBuffer written = ByteBuffer.allocateDirect(BUFFER);
  private final ByteBuffer read = ByteBuffer.allocateDirect(BUFFER);
  private long length;
  private long readStart;

  private Spool(ScratchFolder folder, FileChannel file) {
    this.folder = folder;
    this.file = file;
    read.limit(0);
  }

  /** An empty one in a folder of its own below {@code work}. */
  static Spool in(Path work) throws IOException {
    ScratchFolder folder = ScratchFolder.create(work);
    try {
      return new Spool(
          folder,
          FileChannel.open(
              folder.path().resolve("spool"),
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE));
    } catch (IOException e) {
      folder.close();
      throw e;
    }
  }

  /** Where what is appended next will start. */
  long length() {
    return length;
  }

  void append(byte[] bytes, int count) throws IOException {
    int done = 0;
    while (done < count) {
      int part = Math.min(count - done, written.remaining());
      written.put(bytes, done, part);
      done += part;
      if (!written.hasRemaining()) {
        flush();
      }
    }
    length += count;
  }

  /** Writes what was appended; to be called before anything is read. */
  void flush() throws IOException {
    written.flip();
    while (written.hasRemaining()) {
      file.write(written);
    }
    written.clear();
  }

  /** Hands over a part, in pieces. */
  void read(long start, long size, Sink sink) throws IOException {
    long at = start;
    while (at < start + size) {
      if (at < readStart || at >= readStart + read.limit()) {
        fill(at);
      }
      int offset = (int) (at - readStart);
      int count = (int) Math.min(read.limit() - offset, start + size - at);
      sink.take(read.slice(offset, count));
      at += count;
    }
  }

  private void fill(long at) throws IOException {
    read.clear();
    readStart = at;
    while (read.hasRemaining() && file.read(read, at + read.position()) > 0) {
      // Until the buffer is full, or the file at its end.
    }
    read.flip();
    if (!read.hasRemaining()) {
      throw new EOFException("a file of ours was cut off");
    }
  }

  @Override
  public void close() {
    try (folder) {
      file.close();
    } catch (IOException e) {
      // It is deleted with its folder.
    }
  }

  /** Takes bytes. */
  @FunctionalInterface
  interface Sink {
    void take(ByteBuffer bytes) throws IOException;
  }
}
