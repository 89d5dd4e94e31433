package dev.flakerelay.local.sqlite;

import dev.flakerelay.queue.Jobs;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A process that queues jobs for ever, prints the number of each as soon as it is acknowledged, and
 * holds some in hand. Arguments: data folder, first number.
 */
final class SendsUntilKilled {
  private SendsUntilKilled() {}

  /** Runs until it is killed. */
  public static void main(String[] args) throws Exception {
    SqliteJobQueue queue = SqliteJobQueue.open(Path.of(args[0]));
    for (int number = Integer.parseInt(args[1]); ; number++) {
      queue.send(List.of(Jobs.job("branch-" + number % 7, number)));
      System.out.println(number);
      if (number % 10 == 0) {
        var _ = queue.receive(2, Duration.ZERO);
      }
    }
  }
}
