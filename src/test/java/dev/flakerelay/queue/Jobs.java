package dev.flakerelay.queue;

import dev.flakerelay.Revision;
import dev.flakerelay.Version;
import dev.flakerelay.config.TargetRef;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Jobs to queue in tests. */
public final class Jobs {
  private Jobs() {}

  /** A job for a branch, which is a group of its own; {@code number} tells its revision. */
  public static Job job(String branch, int number) {
    return job("nixfleet", branch, number);
  }

  /** The same of another route. */
  public static Job job(String route, String branch, int number) {
    return new Job(
        route,
        new TargetRef("https://github.com/markus-barta/nixcfg.git", branch, "."),
        "nixfleet",
        new Job.Wanted(
            new Revision(String.format("%040x", number)),
            Optional.empty(),
            Optional.of(new Version("1.0." + number))),
        Job.Request.delivery(
            "72d3162e-cc78-11e3-81ab-4c9367dc0958", Instant.parse("2026-01-31T12:00:00Z")),
        1);
  }

  /** The number that a message's job was made with. */
  public static int number(Message message) {
    return Integer.parseInt(read(message).revision().hex(), 16);
  }

  /** The numbers that the messages' jobs were made with. */
  public static List<Integer> numbers(List<Message> messages) {
    return messages.stream().map(Jobs::number).toList();
  }

  /** The branch that a message's job was made with. */
  public static String branch(Message message) {
    return read(message).branch();
  }

  /** The job that a message carries. */
  public static Job read(Message message) {
    try {
      return JobJson.read(message.body());
    } catch (MalformedJobException e) {
      throw new AssertionError(e);
    }
  }
}
