package dev.flakerelay.nix;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What Git runs in place of {@code ssh} ({@code GIT_SSH} in git's manual), which no proxy guards:
 * it goes on to ssh for permitted destinations only.
 */
final class SshGate {
  private static final String SCRIPT =
      """
      #!/bin/sh
      port=22 option= host=
      for word do
        case $option in
          -p) port=$word option= ; continue ;;
          -*) option= ; continue ;;
        esac
        case $word in
          -p | -o | -l) option=$word ;;
          -*) ;;
          *) host=${word##*@} ; break ;;
        esac
      done
      while read -r permitted <&3; do
        [ "$permitted" != "$host:$port" ] ||
          eval "exec $(cat "${0%/*}/ssh-command") \\"\\$@\\" 3<&-"
      done 3< "${0%/*}/ssh-permitted"
      echo "$host:$port" > "${0%/*}/ssh-refused"
      exit 255
      """;

  private final Path folder;

  private SshGate(Path folder) {
    this.folder = folder;
  }

  /**
   * Writes the program.
   *
   * @param permitted hosts and ports, such as {@code github.com:22}
   * @param command what ssh is, as {@code GIT_SSH_COMMAND} says it
   */
  static SshGate write(Path folder, Set<String> permitted, String command) throws IOException {
    Files.writeString(folder.resolve("ssh-command"), command);
    Files.write(folder.resolve("ssh-permitted"), permitted);
    Path program = folder.resolve("ssh");
    Files.writeString(program, SCRIPT);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return new SshGate(folder);
  }

  /** The variables with which Git uses it. */
  Map<String, String> environment() {
    return Map.of("GIT_SSH", folder.resolve("ssh").toString(), "GIT_SSH_VARIANT", "ssh");
  }

  /** A destination that was refused. */
  Optional<String> refused() throws IOException {
    Path refused = folder.resolve("ssh-refused");
    return Files.exists(refused)
        ? Optional.of(Files.readString(refused).strip())
        : Optional.empty();
  }
}
