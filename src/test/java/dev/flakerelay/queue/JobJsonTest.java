package dev.flakerelay.queue;

import static dev.flakerelay.queue.Jobs.job;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.flakerelay.Revision;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JobJsonTest {
  private static final String TEXT =
      "{\"route\":\"nixfleet\","
          + "\"repository\":\"https://github.com/markus-barta/nixcfg.git\","
          + "\"branch\":\"main\",\"directory\":\".\",\"input\":\"nixfleet\","
          + "\"revision\":\"0000000000000000000000000000000000000007\","
          + "\"version\":\"1.0.7\",\"delivery\":\"72d3162e-cc78-11e3-81ab-4c9367dc0958\","
          + "\"cause\":\"delivery\",\"attempt\":1,\"firstSeen\":\"2026-01-31T12:00:00Z\"}";

  @Test
  void theNamesOfTheFieldsAreStable() throws Exception {
    assertThat(JobJson.write(job("main", 7))).isEqualTo(TEXT);
    assertThat(JobJson.read(TEXT)).isEqualTo(job("main", 7));
  }

  @Test
  void aMessageOfATimeWithoutCausesIsADeliverys() throws Exception {
    assertThat(JobJson.read(TEXT.replace("\"cause\":\"delivery\",", ""))).isEqualTo(job("main", 7));
  }

  @Test
  void whatAJobDoesNotHaveIsLeftOut() throws Exception {
    Job full = job("main", 7);
    Job bare =
        new Job(
            full.route(),
            full.flake(),
            full.input(),
            Job.Wanted.commit(full.revision()),
            Job.Request.by(Job.Cause.DELIVERY, full.firstSeen()),
            3);
    assertThat(JobJson.write(bare)).doesNotContain("version", "\"delivery\":", "null");
    assertThat(JobJson.read(JobJson.write(bare))).isEqualTo(bare);
  }

  /** Of a release only the tag is known; a message of a time without tags has a revision. */
  @Test
  void aReleasesTagStandsInThePlaceOfTheRevision() throws Exception {
    String text = TEXT.replaceFirst("\"revision\":\"[0-9a-f]+\"", "\"tag\":\"hello-v1.2\"");
    Job release = JobJson.read(text);

    assertThat(JobJson.write(release)).isEqualTo(text);
    assertThat(release.requested()).isEqualTo("hello-v1.2");
    assertThat(release.id()).isNotEqualTo(job("main", 7).id()).matches("[0-9a-f]{32}");
    Job resolved = release.at(new Revision("a".repeat(40)));
    assertThat(resolved.id()).isEqualTo(release.id());
    assertThat(resolved.requested()).isEqualTo("a".repeat(40));
    assertThat(JobJson.read(JobJson.write(resolved))).isEqualTo(resolved);
  }

  /** A message of a time without such pushes has none of these fields. */
  @Test
  void aPushWhoseFilesAreNotListedIsSaid() throws Exception {
    String more = ",\"pushedTo\":\"acme/app\",\"pushedBranch\":\"main\"";
    String before = ",\"before\":\"" + "1".repeat(40) + "\"";
    for (String push : List.of(more, more + before)) {
      String text = TEXT.replace("}", push + "}");
      Job job = JobJson.read(text);
      assertThat(JobJson.write(job)).isEqualTo(text);
      assertThat(job.push().orElseThrow().before().isPresent()).isEqualTo(push.contains("before"));
      assertThat(JobJson.read(JobJson.write(job.nextAttempt())).push()).isEqualTo(job.push());
      assertThat(job.inAnyCase()).isEqualTo(job("main", 7));
    }
    assertThatThrownBy(() -> JobJson.read(TEXT.replace("}", before + "}")))
        .hasMessageContaining("fields that no job has: [before]");
    assertThatThrownBy(() -> JobJson.read(TEXT.replace("}", more.replace("acme/", "") + "}")))
        .isInstanceOf(MalformedJobException.class)
        .hasMessageContaining("pushedTo is not owner/name");
  }

  @Test
  void anyTextOfABranchComesBackAndTheMessageIsPlainAscii() throws Exception {
    Job odd = job("ä\u202e\u0000\n\"\\😀", 7);
    assertThat(JobJson.write(odd)).matches("[\\x20-\\x7e]+");
    assertThat(JobJson.read(JobJson.write(odd))).isEqualTo(odd);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\'',
      value = {
        "\"route\":\"nixfleet\", | | the message has no route",
        "\"attempt\":1, | | attempt is not a whole number",
        "\"attempt\":1 | \"attempt\":\"1\" | attempt is not a whole number",
        "\"attempt\":1 | \"attempt\":1.0 | attempt is not a whole number",
        "\"attempt\":1 | \"attempt\":0 | attempt is not a whole number",
        "\"attempt\":1 | \"attempt\":99999999999 | attempt is not a whole number",
        "\"attempt\":1 | \"attempt\":1,\"attempt\":2 | not JSON",
        "\"attempt\":1 | \"attempt\":1,\"command\":\"reboot\" | fields that no job has: [command]",
        "\"version\":\"1.0.7\" | \"version\":null | version is not a string",
        "\"cause\":\"delivery\" | \"cause\":\"whim\" | cause is not a known one",
        "\"branch\":\"main\" | \"branch\":[\"main\"] | branch is not a string",
        "\"revision\" | \"revisions\" | the message has no revision",
        "00000007 | 0000000G | revision is not 40 or 64",
        "00000007 | 0000007 | revision is not 40 or 64",
        "2026-01-31T12:00:00Z | yesterday | firstSeen is not a time",
      })
  void aFieldThatIsWrongIsNamed(String part, String replacement, String complaint) {
    String other = replacement == null ? "" : replacement;
    assertThatThrownBy(() -> JobJson.read(TEXT.replace(part, other)))
        .isInstanceOf(MalformedJobException.class)
        .hasMessageContaining(complaint);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "null", "[]", "\"job\"", "{", "not a job", "{}{}"})
  void whatIsNoObjectIsMalformed(String text) {
    assertThatThrownBy(() -> JobJson.read(text)).isInstanceOf(MalformedJobException.class);
  }

  @Test
  void deepNestingIsMalformedAndNoStackOverflow() {
    assertThatThrownBy(() -> JobJson.read("[".repeat(1_000_000)))
        .isInstanceOf(MalformedJobException.class);
  }
}
