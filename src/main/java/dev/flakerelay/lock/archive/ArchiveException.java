package dev.flakerelay.lock.archive;

import java.io.IOException;

/** An archive, or something in it, that this program does not read as nix surely does. */
final class ArchiveException extends IOException {
  private static final long serialVersionUID = 1;

  ArchiveException(String message) {
    super(message);
  }
}
