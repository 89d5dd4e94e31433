package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.flakerelay.support.Execution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The systemd unit of docs/setup.md. */
class UnitFileTest {
  private static final Path ANALYZE = Path.of("/usr/bin/systemd-analyze");
  private static final String DATA = "/var/lib/flake-relay";

  /** In tenths, as {@code systemd-analyze --threshold} takes it; 0 is best and 100 worst. */
  private static final String EXPOSURE = "25";

  @TempDir Path folder;

  @Test
  void keepsWhatIsThereInTheOneDataFolder() throws IOException {
    assertThat(unit().lines())
        .contains("StateDirectory=" + DATA.substring("/var/lib/".length()))
        .contains("RestartPreventExitStatus=" + Main.WRONG)
        .contains("UMask=0077");
    for (String page : List.of("docs/setup.md", "docs/operations.md")) {
      assertThat(
              Pattern.compile("--data (/[^\\s`]+)")
                  .matcher(Files.readString(Path.of(page)))
                  .results()
                  .map(option -> option.group(1)))
          .as(page)
          .isNotEmpty()
          .containsOnly(DATA);
    }
  }

  @Test
  void isHardened() throws IOException {
    Execution security =
        analyze("security", "--offline=true", "--no-pager", "--threshold=" + EXPOSURE);
    assertThat(security.exit()).as(security.text()).isZero();
    assertThat(security.text()).contains("Overall exposure level for flake-relay.service");
  }

  @Test
  void hasNoKeyThatSystemdDoesNotKnow() throws IOException {
    assertThat(analyze("verify").errors().lines())
        .filteredOn(line -> line.contains("flake-relay.service"))
        .allMatch(line -> line.contains("is not executable")); // it is not installed here
  }

  private Execution analyze(String... command) throws IOException {
    assumeTrue(Files.isExecutable(ANALYZE), "systemd-analyze is needed");
    Path file = Files.writeString(folder.resolve("flake-relay.service"), unit());
    return Execution.of(
        folder,
        Map.of("PATH", System.getenv("PATH"), "SYSTEMD_COLORS", "0"),
        new byte[0],
        Stream.of(List.of(ANALYZE.toString()), List.of(command), List.of(file.toString()))
            .flatMap(List::stream)
            .toList());
  }

  @Test
  void thatOfTheArchiveIsTheSameButForWhereTheProgramIs() throws IOException {
    assertThat(Files.readAllLines(Path.of("dist/flake-relay.service")))
        .filteredOn(line -> !line.startsWith("#") && !line.startsWith("ExecStart="))
        .isEqualTo(
            unit()
                .lines()
                .filter(line -> !line.matches("(#|ExecStart=|Environment=XDG_CACHE|Cache).*"))
                .toList());
    assertThat(Files.readString(Path.of("dist/flake-relay.service")))
        .contains("ExecStart=/opt/flake-relay/bin/relay serve ", " --data " + DATA + "\n");
  }

  private static String unit() throws IOException {
    return Pattern.compile("^```ini\\n(\\[Unit].*?)^```$", Pattern.MULTILINE | Pattern.DOTALL)
        .matcher(Files.readString(Path.of("docs/setup.md")))
        .results()
        .map((MatchResult block) -> block.group(1))
        .findFirst()
        .orElseThrow();
  }
}
