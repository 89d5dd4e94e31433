package dev.flakerelay.update.publish;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.audit.CommitAudit;
import dev.flakerelay.config.message.MessageTemplate;
import dev.flakerelay.config.message.Placeholder;
import dev.flakerelay.git.BranchHistory;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.GitCommand;
import dev.flakerelay.support.TestRepository;
import dev.flakerelay.update.Scene;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.jgit.revwalk.FooterLine;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What Git itself, and {@code relay verify}, read of a message's trailers. */
class CommitTrailersTest {
  private static final String OURS = "Flake-Input: app\nFlake-Rev: 2222222\n";

  @TempDir private Path folder;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          chore: bump {input}                                             | ''
          chore: bump {input}\\n\\nSigned-off-by: A <a@b.c>               | Signed-off-by: A <a@b.c>
          chore: bump {input}\\nSigned-off-by: A <a@b.c>                  | ''
          x\\n\\nbody\\n\\nSigned-off-by: A <a@b.c>\\nCo-authored-by: B   | Signed-off-by: A <a@b.c>,Co-authored-by: B
          x\\n\\nA: 1\\n[Version: {version}]\\nB: {route}                 | A: 1,B: r
          x\\n\\n[text {version}]\\nA: 1                                  | A: 1
          x\\n\\nA: 1\\n  and more\\nB: 2                                 | A: 1 and more,B: 2
          x\\n\\nsome text\\nSigned-off-by: A                             | Signed-off-by: A
          x\\n\\nA: 1\\n\\n[{version}]                                    | A: 1
          x\\n\\nRelease: {route}[ {version}]                             | Release: r
          x\\n\\nNote: see\\nthe release notes                            | ''
          x\\n\\nsome text\\nA: 1                                         | ''
          x\\n\\na\\nb\\nc\\nd\\nSigned-off-by: A                         | ''
          x\\n\\nhttps://example.org/{route}                              | ''
          x\\n\\nTwo words: 1                                             | ''
          x\\n\\n{route}: {input}                                         | ''
          x\\n\\nA: 1\\n\\nlast words                                     | ''
          x\\n\\n- A: 1                                                   | ''
          x\\n\\n# Notes                                                  | ''
          """)
  void thoseOfTheTemplateAndOursAreOneBlock(String template, String theirs) {
    Map<Placeholder, String> values = new EnumMap<>(Placeholder.class);
    values.put(Placeholder.INPUT, "app");
    values.put(Placeholder.ROUTE, "r");

    String message = new MessageTemplate(template.translateEscapes()).render(values, "", OURS);

    List<String> expected =
        Stream.concat(Stream.of(theirs.split(",")).filter(line -> !line.isEmpty()), OURS.lines())
            .toList();
    assertThat(parsed(message)).as(message).containsExactlyElementsOf(expected);
    assertThat(FooterLine.fromMessage(message))
        .extracting(FooterLine::getKey)
        .as(message)
        .contains("Flake-Input", "Flake-Rev");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          x\\n\\n[{version}: {delivery}]              | Flake-Rev         | 0000000
          x\\n\\nA: 1\\n[{version}: {delivery}]       | Signed-off-by     | me
          x\\n\\n[Flake{version}: {delivery}]         | -Rev              | 0000000
          x\\n\\nA: [{version}]                       | 1\\nFlake-Rev: 0  | 0000000
          x\\n\\nA: [{version}]                       | 1\\n\\nFlake-Rev: 0 | 0000000
          x\\n\\n[{delivery}]                         | 1                 | Flake-Rev: 0000000
          x\\n\\n[{delivery} {version}]               | 1                 | 1\\r\\n---\\r\\n
          """)
  void noValueMakesATrailerOrHidesOne(String template, String version, String delivery) {
    Map<Placeholder, String> values = new EnumMap<>(Placeholder.class);
    values.put(Placeholder.VERSION, version.translateEscapes());
    values.put(Placeholder.DELIVERY, delivery.translateEscapes());

    String message = new MessageTemplate(template.translateEscapes()).render(values, "", OURS);

    assertThat(parsed(message).stream().filter(line -> !line.startsWith("A: ")))
        .as(message)
        .containsExactlyElementsOf(OURS.lines().toList());
  }

  private List<String> parsed(String message) {
    return GitCommand.in(folder)
        .attempt(message.getBytes(UTF_8), "interpret-trailers", "--parse")
        .succeeded()
        .text()
        .lines()
        .toList();
  }

  @Test
  void aPushedCommitHasThemAllAndVerifyFindsItTrue() throws Exception {
    Scene scene = Scene.in(folder);
    TestRepository app = scene.source("app");
    TestRepository target =
        scene.target(FlakeText.describedAs("target").input("app", scene.reference("app")));
    scene.routeWith(
        "app",
        ".",
        """
            commit:
              message: |
                [skip ci] bump {input}[ to v{version}]

                For {target}.

                [Version: {version}]
                [Delivery: {delivery}]
                Signed-off-by: A Person <a@example.org>
        """,
        "app");
    Revision before = app.head("main");
    Revision revision = Scene.release(app, "1.2.3");

    assertThat(scene.update(revision).kind()).isEqualTo(Outcome.Kind.UPDATED);

    String message = target.git("log", "-1", "--format=%B", "main");
    assertThat(message).startsWith("[skip ci] bump app to v1.2.3\n\nFor server/target.\n\nVersion");
    assertThat(parsed(message))
        .containsExactly(
            "Version: 1.2.3",
            "Delivery: " + Scene.DELIVERY,
            "Signed-off-by: A Person <a@example.org>",
            "Flake-Input: app",
            "Flake-Rev: " + revision,
            "Flake-Previous-Rev: " + before,
            "Relay-Delivery: " + Scene.DELIVERY);
    try (BranchHistory history = BranchHistory.open(target.directory(), Optional.of("main"))) {
      assertThat(new CommitAudit(history).run())
          .extracting(CommitAudit.Verdict::finding)
          .containsExactly(CommitAudit.Finding.TRUE);
    }
  }
}
