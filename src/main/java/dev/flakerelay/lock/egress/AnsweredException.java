package dev.flakerelay.lock.egress;

import dev.flakerelay.JobException;
import dev.flakerelay.NotThereException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryAfter;
import dev.flakerelay.RetryableException;
import dev.flakerelay.net.ErrorAnswer;
import java.io.IOException;
import java.net.URI;

/** A forge answered that it does not give an archive now, or has none: nobody else need ask. */
public final class AnsweredException extends IOException {
  private static final long serialVersionUID = 1;

  private final transient JobException failure;

  private AnsweredException(JobException failure) {
    super(failure.getMessage(), failure);
    this.failure = failure;
  }

  /**
   * What an answer means.
   *
   * @param address what was asked for, without a secret
   * @return a plain failure where another way of asking may succeed
   */
  static IOException of(URI address, ErrorAnswer answer) {
    String words = "could not download " + address + ": " + answer.said();
    int status = answer.status();
    if (status == 429 || (status == 403 && answer.retryAfter().isPresent())) {
      return new AnsweredException(
          new RetryableException(words, answer.retryAfter().orElse(RetryAfter.UNNAMED)));
    }
    if (status >= 500) {
      return new AnsweredException(
          answer
              .retryAfter()
              .map(wait -> new RetryableException(words, wait))
              .orElseGet(() -> new RetryableException(words)));
    }
    String missing =
        words + " (the revision or repository is missing, or the token may not see it)";
    return switch (status) {
      case 404 -> new AnsweredException(new NotThereException(missing));
      case 410 -> new AnsweredException(new PermanentException(missing));
      default -> new IOException(words);
    };
  }

  /** What becomes of the job. */
  public JobException failure() {
    return failure;
  }
}
