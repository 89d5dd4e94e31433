package dev.flakerelay.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Keys that {@code ssh-keygen} makes. */
public final class SshKeys {
  private SshKeys() {}

  /**
   * A new key's private half.
   *
   * @param options such as {@code -t ed25519}
   */
  public static Path make(Path file, String passphrase, String... options) {
    Programs.need("ssh-keygen");
    List<String> command = new ArrayList<>(List.of("ssh-keygen", "-q", "-C", "", "-N", passphrase));
    command.addAll(List.of("-f", file.toString()));
    command.addAll(List.of(options));
    Execution.of(Path.of("/"), Map.of("PATH", System.getenv("PATH")), new byte[0], command)
        .succeeded();
    return file;
  }

  /** A key's text. */
  public static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Whether git takes a commit's signature for one by a key ({@code git verify-commit}). */
  public static Execution verify(TestRepository repository, String commit, Path key) {
    try {
      Path allowed =
          Files.writeString(
              key.resolveSibling("allowed"), "relay@example.org " + text(Path.of(key + ".pub")));
      return repository.attempt(
          "-c", "gpg.ssh.allowedSignersFile=" + allowed, "verify-commit", "-v", commit);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
