package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A configuration with five mistakes. */
final class Mistakes {
  private Mistakes() {}

  static Path write(Path folder) throws IOException {
    return Files.writeString(
        folder.resolve("wrong.yaml"),
        """
        secrets:
          webhook: []
        routes:
          app:
            when: [{ event: push, repository: acme/app }]
            targets: [{ repository: "ftp://example.org/x", branch: main, input: "a b" }]
            colour: blue
        """);
  }

  static void areTold(String errors, Path config) {
    assertThat(errors.lines()).as(errors).hasSize(6);
    assertThat(errors)
        .startsWith("relay: FILE has 5 errors:\n".replace("FILE", config.toString()))
        .contains(at(config, "2:12: secrets.webhook: "))
        .contains(at(config, "5:12: routes.app.when[0].branch: "))
        .contains(at(config, "6:29: routes.app.targets[0].repository: "))
        .contains(at(config, "6:73: routes.app.targets[0].input: "))
        .contains(at(config, "7:5: routes.app.colour: "))
        .doesNotContain("Exception");
  }

  private static String at(Path config, String problem) {
    return "\n" + config + ":" + problem;
  }
}
