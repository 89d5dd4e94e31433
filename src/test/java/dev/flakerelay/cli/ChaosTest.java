package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * Everything at once and at random: three sources, two targets, bursts and duplicates, a person who
 * pushes in between, servers that are slow, wrong or silent, and a program that is killed. What
 * must hold afterwards always holds. {@code -Dchaos.minutes=N} runs longer, {@code -Dchaos.seed=N}
 * makes the same choices again (their timing is the machine's).
 */
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
      world.settle();

      Map<String, Long> outcomes =
          world.outcomes().stream()
              .collect(
                  Collectors.groupingBy(
                      line -> line.path("job").asString() + "#" + line.path("attempt").asInt(),
                      Collectors.counting()));
      assertThat(world.accepted()).isNotEmpty();
      assertThat(world.accepted())
          .as("every 202 has an outcome")
          .allMatch(job -> outcomes.containsKey(job + "#1"));
      assertThat(outcomes.values())
          .as("one outcome each, but for a job that was killed between its work and its deletion")
          .allMatch(count -> count <= 1 + world.kills());
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
    } else if (dice < 97) {
      world.failSomewhere(random, MINUTES > 0);
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
