package dev.flakerelay.webhook;

import static dev.flakerelay.webhook.Samples.NIXFLEET;
import static dev.flakerelay.webhook.Samples.SHA;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.config.PathFilter;
import dev.flakerelay.config.Trigger;
import dev.flakerelay.secret.SecretValues;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A push counts only if it touches what its trigger names. */
class PushedPathsTest {
  private static final String DOCS = "{\"added\":[],\"modified\":[\"docs/a.md\"],\"removed\":[]}";
  private static final String CODE = "{\"added\":[],\"modified\":[],\"removed\":[\"src/b.c\"]}";

  private final RecordingQueue queue = new RecordingQueue();
  private final Intake intake =
      new Intake(
          Samples.config(
              Samples.route(
                  "nixfleet",
                  List.of(
                      new Trigger.Push(
                          NIXFLEET, "master", Optional.of(PathFilter.of("**", "!docs/**")))),
                  Samples.target("nixcfg", "nixfleet"))),
          SecretValues.fixed(List.of(Samples.SECRET)),
          queue,
          Samples.CLOCK);

  private Answer push(String fields, String commits) {
    return intake.answer(
        Samples.signed(
            "push",
            """
            {"ref":"refs/heads/master","before":"%s","after":"%s",%s"commits":%s,
             "repository":{"full_name":"markus-barta/nixfleet"}}\
            """
                .formatted("1".repeat(40), SHA, fields, commits)));
  }

  @Test
  void aPushOfDocsAloneIsIgnoredAndSaysWhy() {
    Answer answer = push("", "[" + DOCS + "," + DOCS + "]");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(String.valueOf(answer.body().get("ignored")))
        .contains("that touches [**, !docs/**]", "markus-barta/nixfleet");
    assertThat(push("", "[" + DOCS + "," + CODE + "]").status()).isEqualTo(202);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"forced\":true,",
        "\"created\":true,",
        "\"total_commits\":9,",
      })
  void aPushThatMayTouchMoreIsTaken(String fields) {
    assertThat(push(fields, "[" + DOCS + "]").status()).isEqualTo(202);
  }

  @Test
  void aListThatIsNotWholeProvesNothing() {
    assertThat(push("\"total_commits\":1,", "[" + DOCS + "]").status()).isEqualTo(200);
    assertThat(push("", "[]").status()).isEqualTo(202);
    assertThat(push("", "null").status()).isEqualTo(202);
    assertThat(push("", "[" + DOCS.replace("[]", "null") + "]").status()).isEqualTo(202);
    String most = String.join(",", Collections.nCopies(2_047, DOCS));
    assertThat(push("", "[" + most + "]").status()).isEqualTo(200);
    assertThat(push("", "[" + most + "," + DOCS + "]").status()).isEqualTo(202);
  }
}
