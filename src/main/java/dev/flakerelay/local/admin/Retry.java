package dev.flakerelay.local.admin;

/** Puts dead letters back into the queue. */
@FunctionalInterface
public interface Retry {
  /** In place of a job's id: all jobs. */
  String ALL = "all";

  /**
   * Puts those of one job back, or of all.
   *
   * @param job its id, or {@link #ALL}
   * @return what became of them
   */
  Result of(String job);

  /** What became of a retry. */
  enum Result {
    /** The job is queued. */
    SENT("Back in the queue."),
    /** Somebody was faster. */
    GONE("There is no such dead letter any more."),
    /** It stays where it is. */
    NOT_SENT("The queue did not take it: it is still a dead letter.");

    private final String words;

    Result(String words) {
      this.words = words;
    }

    /** As the page says it. */
    String words() {
      return words;
    }
  }
}
