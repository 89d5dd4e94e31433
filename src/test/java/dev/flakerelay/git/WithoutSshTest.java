package dev.flakerelay.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.support.Execution;
import java.io.File;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The archive for Lambda leaves the libraries of the SSH client out. */
class WithoutSshTest {
  @ParameterizedTest
  @ValueSource(strings = {"ssh://git@127.0.0.1:1/target.git", "git@127.0.0.1:target.git"})
  void anSshUrlIsRefusedInOneSentence(String url, @TempDir Path folder) {
    String classes =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator, -1))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .filter(entry -> !entry.matches(".*/(sshd-|bcprov-|org\\.eclipse\\.jgit\\.ssh).*"))
            .collect(Collectors.joining(File.pathSeparator));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();

    Execution run =
        Execution.of(
            folder,
            Map.of(),
            new byte[0],
            List.of(java, "-cp", classes, AskForHead.class.getName(), url));

    assertThat(run.errors()).isEmpty();
    assertThat(run.text())
        .isEqualTo(
            "could not ask for the head of "
                + url
                + ": there is no ssh here: write its https URL\n");
  }

  /** A program that says why a job could not be done. */
  static final class AskForHead {
    private AskForHead() {}

    public static void main(String[] arguments) throws JobException {
      try {
        System.out.println(
            RemoteHead.of(new GitRemote(arguments[0], Optional.empty()), Optional.empty()));
      } catch (PermanentException e) {
        System.out.println(e.getMessage());
      }
    }
  }
}
