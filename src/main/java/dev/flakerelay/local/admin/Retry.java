package dev.flakerelay.local.admin;

/** Puts dead letters back into the queue. */
@FunctionalInterface
public interface Retry {
  /**
   * Puts those of one job back.
   *
   * @param job its id
   * @return what became of them
   */
  Result of(String job);

  /** What became of a retry. */
  enum Result {
    /** The job is queued. */
    SENT("The job is back in the queue."),
    /** Somebody was faster. */
    GONE("There is no such dead letter any more."),
    /** It stays where it is. */
    NOT_SENT("The queue did not take the job: it is still a dead letter.");

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
