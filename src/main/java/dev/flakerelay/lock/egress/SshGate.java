package dev.flakerelay.lock.egress;

import dev.flakerelay.VisibleText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What Git runs in place of {@code ssh} ({@code GIT_SSH} in git's manual), which no proxy guards:
 * it goes on to ssh for permitted repositories only, as ssh opens with the user's keys whatever
 * these open.
 */
public final class SshGate {
  private static final String SCRIPT =
      """
      #!/bin/sh
      port=22 option= asked=
      for word do
        case $option in
          end) asked="$asked $word" ; continue ;;
          -p) port=$word option= ; continue ;;
          -*) option= ; continue ;;
        esac
        case $word in
          -p | -o) option=$word ;;
          -4 | -6) ;;
          -*) asked=$word option=end ;;
          *) asked=$word:$port option=end ;;
        esac
      done
      while read -r permitted <&3; do
        [ "$permitted" != "$asked" ] ||
          eval "exec $(cat "${0%/*}/ssh-command") \\"\\$@\\" 3<&-"
      done 3< "${0%/*}/ssh-permitted"
      printf '%s\\n' "$asked" > "${0%/*}/ssh-refused"
      exit 255
      """;

  private final Path folder;

  private SshGate(Path folder) {
    this.folder = folder;
  }

  /**
   * Writes the program.
   *
   * @param permitted destination and command, such as {@code git@github.com:22 git-upload-pack
   *     '/owner/name'}
   * @param command what ssh is, as {@code GIT_SSH_COMMAND} says it
   */
  public static SshGate write(Path folder, Set<String> permitted, String command)
      throws IOException {
    Files.writeString(folder.resolve("ssh-command"), command);
    Files.write(folder.resolve("ssh-permitted"), permitted);
    Path program = folder.resolve("ssh");
    Files.writeString(program, SCRIPT);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
    return new SshGate(folder);
  }

  /** The variables with which Git uses it. */
  public Map<String, String> environment() {
    return Map.of("GIT_SSH", folder.resolve("ssh").toString(), "GIT_SSH_VARIANT", "ssh");
  }

  /** Why something was refused, if anything was. */
  public Optional<String> refused() throws IOException {
    Path refused = folder.resolve("ssh-refused");
    return Files.exists(refused)
        ? Optional.of(
            "the source's flake asks over ssh for `"
                + VisibleText.brief(Files.readString(refused).strip())
                + "`, and ssh's keys open only repositories that the target has locked: if this"
                + " source may have it, add it to network.private as host/owner/name, or lock it"
                + " once by hand and push")
        : Optional.empty();
  }
}
