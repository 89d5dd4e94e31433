package dev.flakerelay.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.Version;
import dev.flakerelay.config.TargetRef;
import dev.flakerelay.queue.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Says the right value where someone edited a fixture. */
class FixtureTest {
  static List<Fixture> deliveries() {
    return Fixture.deliveries();
  }

  static List<Fixture> batches() {
    return Fixture.batches();
  }

  @ParameterizedTest
  @MethodSource("deliveries")
  void isSignedWithTheDocumentedSecret(Fixture fixture) {
    byte[] body = fixture.body();
    JsonNode headers = fixture.json().get("headers");
    String right = Signature.of(Samples.SECRET, body);
    if (fixture.name().equals("wrong-signature")) {
      assertThat(headers.get("x-hub-signature-256").stringValue())
          .startsWith("sha256=")
          .hasSameSizeAs(right)
          .isNotEqualTo(right);
    } else {
      assertThat(headers.get("x-hub-signature-256").stringValue()).isEqualTo(right);
    }
    assertThat(headers.get("content-length").stringValue()).isEqualTo("" + body.length);
  }

  @ParameterizedTest
  @MethodSource("batches")
  void carriesTheQueuesOwnAttributes(Fixture fixture) throws Exception {
    for (JsonNode message : fixture.json().get("Records")) {
      String body = message.get("body").stringValue();
      byte[] md5 = MessageDigest.getInstance("MD5").digest(body.getBytes(UTF_8));
      assertThat(message.get("md5OfBody").stringValue()).isEqualTo(HexFormat.of().formatHex(md5));
      if (body.endsWith("}")) {
        Job job = job(body);
        JsonNode attributes = message.get("attributes");
        assertThat(attributes.get("MessageGroupId").stringValue()).isEqualTo(job.group());
        assertThat(attributes.get("MessageDeduplicationId").stringValue())
            .isEqualTo(job.deduplicationId());
      }
    }
  }

  private static Job job(String json) {
    JsonNode job = JsonMapper.builder().build().readTree(json);
    return new Job(
        job.get("route").stringValue(),
        new TargetRef(
            job.get("repository").stringValue(),
            job.get("branch").stringValue(),
            job.get("directory").stringValue()),
        job.get("input").stringValue(),
        new Job.Wanted(
            new Revision(job.get("revision").stringValue()),
            Optional.empty(),
            Optional.of(new Version(job.get("version").stringValue()))),
        Job.Request.delivery(
            job.get("delivery").stringValue(), Instant.parse(job.get("firstSeen").stringValue())),
        job.get("attempt").intValue());
  }

  @Test
  void isListedInTheReadme() throws IOException {
    String readme = Files.readString(Path.of("events", "README.md"));
    List<Fixture> all =
        Stream.of(deliveries(), batches(), Fixture.invocations()).flatMap(List::stream).toList();
    try (Stream<Path> files = Files.list(Path.of("events"))) {
      assertThat(files.filter(file -> file.toString().endsWith(".json"))).hasSameSizeAs(all);
    }
    assertThat(all)
        .allSatisfy(fixture -> assertThat(readme).contains("| `" + fixture.name() + "` |"));
  }
}
