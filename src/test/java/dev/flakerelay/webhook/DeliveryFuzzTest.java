package dev.flakerelay.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.flakerelay.log.EventLog;
import dev.flakerelay.secret.SecretValues;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Every fixture, changed at random twenty thousand times: never a 5xx, never more or less than one
 * clean log line, never anything accepted that was not signed. {@code -Dfuzz.seed=N} runs one seed
 * again, {@code -Dfuzz.rounds=N} more rounds.
 */
@Tag("slow")
@Order(1)
class DeliveryFuzzTest {
  private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());
  private static final int ROUNDS = Integer.getInteger("fuzz.rounds", 20_000);

  private static final Set<Integer> SIGNED = Set.of(200, 202, 400, 413, 415);
  private static final Set<Integer> UNSIGNED = Set.of(400, 401, 413, 415);
  private static final Pattern ONE_CLEAN_LINE = Pattern.compile("\\{[ -~]*}\n");

  private final RecordingQueue queue = new RecordingQueue();
  private final Intake intake =
      new Intake(
          Samples.config(), SecretValues.fixed(List.of(Samples.SECRET)), queue, Samples.CLOCK);
  private final ByteArrayOutputStream log = new ByteArrayOutputStream();
  private final EventLog events =
      new EventLog(new PrintStream(log, true, UTF_8), EventLog.Format.JSON, Samples.CLOCK);

  @Test
  void noMutationIsAcceptedUnsignedOrAnsweredWithAnError() throws Exception {
    Random random = new Random(SEED);
    List<DeliveryMutation.Original> originals = originals();
    int signed = 0;
    int accepted = 0;
    for (int round = 0; round < ROUNDS; round++) {
      DeliveryMutation mutation =
          new DeliveryMutation(random, originals.get(random.nextInt(originals.size())));
      check(mutation, round);
      signed += mutation.isRightlySigned() ? 1 : 0;
      accepted += queue.sent().isEmpty() ? 0 : 1;
    }
    assertThat(signed).as("rounds that got past the signature").isGreaterThan(ROUNDS / 10);
    assertThat(accepted).as("mutations that were still a dispatch").isGreaterThan(ROUNDS / 1000);
  }

  private void check(DeliveryMutation mutation, int round) {
    queue.clear();
    Answer answer = intake.answer(mutation.request());
    Set<Integer> allowed = mutation.isRightlySigned() ? SIGNED : UNSIGNED;
    log.reset();
    answer.writeTo(events);
    String logged = log.toString(UTF_8);
    // Plain conditions: a description for each of a hundred thousand rounds takes longer than the
    // rounds.
    if (!allowed.contains(answer.status())
        || queue.sent().isEmpty() == (answer.status() == 202)
        || !ONE_CLEAN_LINE.matcher(logged).matches()
        || logged.contains("\"level\":\"error\"")) {
      fail(
          "round %d of fuzz.seed=%d (%s): %d, %d jobs, logged %s",
          round, SEED, mutation, answer.status(), queue.sent().size(), logged);
    }
  }

  private static List<DeliveryMutation.Original> originals() {
    List<DeliveryMutation.Original> originals = new ArrayList<>();
    for (Fixture fixture : Fixture.deliveries()) {
      JsonNode headers = fixture.json().get("headers");
      originals.add(
          new DeliveryMutation.Original(
              fixture.name(),
              JsonMapper.shared().convertValue(headers, StringMap.class),
              fixture.body()));
    }
    return originals;
  }

  /** For Jackson, which would otherwise not know what the values are. */
  private static final class StringMap extends TreeMap<String, String> {
    private static final long serialVersionUID = 1;
  }

  /**
   * The signature as GitHub's documentation defines it, computed apart from the code under test.
   */
  static String signature(byte[] body) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(Samples.SECRET.bytes(), "HmacSHA256"));
      return "sha256=" + HexFormat.of().formatHex(mac.doFinal(body));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
