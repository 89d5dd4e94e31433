package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Everything at once and at random: three sources, two targets, bursts and duplicates, a person who
 * pushes in between, servers that are slow, wrong or silent, and a program that is killed. What
 * must hold afterwards always holds. {@code -Dchaos.minutes=N} runs longer, {@code -Dchaos.seed=N}
 * makes the same choices again (their timing is the machine's).
 */
@Tag("slow")
class ChaosTest {
  private static final long SEED = Long.getLong("chaos.seed", System.nanoTime());
  static final int MINUTES = Integer.getInteger("chaos.minutes", 0);
  private static final Duration STORM =
      MINUTES == 0 ? Duration.ofSeconds(12) : Duration.ofMinutes(MINUTES);

  /** A new start takes a while. */
  private static final int MOST_KILLS = 4 + 8 * MINUTES;

  @Test
  void nothingIsLostAndNoCommitLies(@TempDir Path folder) throws Exception {
    System.out.println("chaos.seed=" + SEED);
    Random random = new Random(SEED);
    try (ChaosWorld world = ChaosWorld.create(folder)) {
      Instant end = Instant.now().plus(STORM);
      while (Instant.now().isBefore(end)) {
        act(world, random);
        // Without a breath in between, all that is tested is how long a queue gets.
        LockSupport.parkNanos(Duration.ofMillis(random.nextInt(500)).toNanos());
      }
      if (world.kills() == 0) {
        world.kill();
      }
      world.settle();

      assertThat(world.accepted()).isNotEmpty();
      everyJobHasOneOutcome(world);
      pageAndMetricsAgreeWithTheLog(world);
      assertThat(world.outcomes().stream().filter(ChaosTest::isUpdate).map(ChaosTest::job))
          .as("no job makes two commits")
          .doesNotHaveDuplicates();
      for (int target = 0; target < ChaosWorld.TARGETS; target++) {
        assertThat(world.locked(target)).isEqualTo(world.newest());
        assertThat(world.messages(target)).containsAll(world.messagesOfPeople(target));
        assertThat(world.verify(target)).doesNotContain("LIES").contains("true");
        assertThat(world.fsck(target)).isTrue();
      }
    }
  }

  /**
   * A second line is there only if the program was killed when it had written the first and had not
   * yet deleted the message: so it is another process's, and no kill can do that to more jobs than
   * were in hand.
   */
  private static void everyJobHasOneOutcome(ChaosWorld world) {
    Set<String> ended = new HashSet<>();
    int again = 0;
    for (List<JsonNode> process : world.outcomesByProcess()) {
      List<String> jobs = process.stream().map(ChaosTest::jobAndAttempt).toList();
      assertThat(jobs).as("one outcome a job").doesNotHaveDuplicates();
      again += (int) jobs.stream().filter(job -> !ended.add(job)).count();
    }
    assertThat(ended)
        .as("every 202 has an outcome")
        .containsAll(world.accepted().stream().map(job -> job + "#1").toList());
    assertThat(again)
        .as("outcomes that were told again after a kill")
        .isLessThanOrEqualTo(world.kills() * ChaosWorld.JOBS_IN_HAND);
    System.out.println(
        world.accepted().size() + " jobs, " + world.kills() + " kills, " + again + " told again");
  }

  /** What was told again after a kill is no outcome more. */
  private static void pageAndMetricsAgreeWithTheLog(ChaosWorld world) throws Exception {
    Map<String, Long> logged =
        world.outcomes().stream()
            .collect(Collectors.toMap(ChaosTest::jobAndAttempt, line -> line, (a, b) -> a))
            .values()
            .stream()
            .collect(
                Collectors.groupingBy(
                    line -> line.path("route").asString() + " " + line.path("outcome").asString(),
                    TreeMap::new,
                    Collectors.counting()));
    Map<String, Long> shown = new TreeMap<>();
    JsonNode status = JsonMapper.shared().readTree(world.serve().ask("/status.json").body());
    status
        .path("counts")
        .forEachEntry(
            (route, counts) ->
                counts.forEachEntry(
                    (outcome, count) -> shown.put(route + " " + outcome, count.asLong())));
    assertThat(shown).as("the page's outcomes").isEqualTo(logged);
    assertThat(world.serve().metrics("flake_relay_outcomes_total"))
        .isEqualTo(logged.values().stream().mapToDouble(Long::doubleValue).sum());
    assertThat(status.at("/queue/depth").asLong()).isZero();
    assertThat(world.serve().metric("flake_relay_dead_letters")).contains(0.0);
  }

  private static String jobAndAttempt(JsonNode line) {
    return job(line) + "#" + line.path("attempt").asInt();
  }

  private static void act(ChaosWorld world, Random random) throws Exception {
    int source = random.nextInt(ChaosWorld.SOURCES);
    int dice = random.nextInt(100);
    if (dice < 40) {
      world.release(source);
      world.dispatchNewest(source, 1 + random.nextInt(3));
    } else if (dice < 50) {
      for (int i = 0; i < 3; i++) {
        world.release(source);
        world.dispatchNewest(source, 1);
      }
    } else if (dice < 60) {
      world.dispatchAnOldOne(source, random);
    } else if (dice < 75) {
      world.personPushes(random.nextInt(ChaosWorld.TARGETS));
    } else if (dice < 96) {
      world.failSomewhere(random);
    } else if (dice < 97) {
      world.fallSilent(MINUTES > 0);
    } else if (world.kills() < MOST_KILLS) {
      world.kill();
    }
  }

  private static boolean isUpdate(JsonNode line) {
    return line.path("outcome").asString().equals("updated");
  }

  private static String job(JsonNode line) {
    return line.path("job").asString();
  }
}
