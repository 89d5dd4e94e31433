package dev.flakerelay.secret;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/**
 * A new file, for this user alone: mode 0600.
 *
 * @param open it, still empty
 * @param cleaner gives it back if the process is stopped meanwhile
 */
record NewSecretFile(SecretReference.File reference, FileChannel open, Thread cleaner)
    implements NewSecret {

  static NewSecretFile at(SecretReference.File named) throws SecretException {
    Path file = named.path().toAbsolutePath().normalize();
    SecretReference.File reference = new SecretReference.File(file);
    try {
      FileChannel open =
          FileChannel.open(
              file,
              Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      Thread cleaner = new Thread(() -> giveBack(file), "cleaner");
      Runtime.getRuntime().addShutdownHook(cleaner);
      return new NewSecretFile(reference, open, cleaner);
    } catch (FileAlreadyExistsException e) {
      throw SecretException.unwritable(
          reference, "something is there, and is not overwritten: name another file");
    } catch (NoSuchFileException e) {
      throw SecretException.unwritable(reference, "its folder is not there: make it first");
    } catch (AccessDeniedException e) {
      throw SecretException.unwritable(reference, "this user may not write there");
    } catch (IOException e) {
      throw SecretException.unwritable(reference, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void write(Secret secret) throws SecretException {
    try {
      ByteBuffer text = ByteBuffer.wrap((secret.value() + "\n").getBytes(StandardCharsets.UTF_8));
      while (text.hasRemaining()) {
        open.write(text);
      }
      open.force(true);
    } catch (IOException e) {
      throw SecretException.unwritable(reference, String.valueOf(e.getMessage()));
    }
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(cleaner);
    giveBack(reference.path());
    try {
      open.close();
    } catch (IOException e) {
      throw new UncheckedIOException("could not close " + reference.path(), e);
    }
  }

  private static void giveBack(Path file) {
    try {
      if (Files.size(file) == 0) {
        Files.delete(file);
      }
    } catch (IOException e) {
      // An empty file stays, or somebody has moved it.
    }
  }
}
