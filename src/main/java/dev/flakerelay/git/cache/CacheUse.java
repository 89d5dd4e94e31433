package dev.flakerelay.git.cache;

import dev.flakerelay.FailureText;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Objects;

/**
 * Something that is done with a cache, and with a new one if that turns out to be broken.
 *
 * @param <T> what comes of it; it closes the cache when it is closed itself
 */
@FunctionalInterface
public interface CacheUse<T> {
  T with(BareRepository cache) throws IOException, JobException;

  /**
   * Does it with the cache in {@code folder}. If that may have caused a failure it is deleted, and
   * all is done once more with a new one.
   */
  static <T> T in(Path folder, CacheUse<T> use) throws JobException {
    BareRepository cache = BareRepository.open(folder);
    try {
      return use.with(cache);
    } catch (PermanentException | Error e) {
      cache.close();
      throw e;
    } catch (RetryableException | IOException | RuntimeException e) {
      boolean again = cache.blame(e) && cache.isWarm();
      close(cache, folder, e);
      if (!again) {
        throw failure(folder, e);
      }
    }
    BareRepository anew = BareRepository.open(folder);
    try {
      return use.with(anew);
    } catch (Error e) {
      anew.close();
      throw e;
    } catch (JobException | IOException | RuntimeException e) {
      anew.blame(e);
      close(anew, folder, e);
      throw e instanceof PermanentException lasting ? lasting : failure(folder, e);
    }
  }

  /** What may not be written may not be deleted either: somebody has to see to it. */
  private static void close(BareRepository cache, Path folder, Exception blamed)
      throws RetryableException {
    try {
      cache.close();
    } catch (UncheckedIOException e) {
      e.addSuppressed(blamed);
      throw new RetryableException(
          "could not use the Git cache "
              + folder
              + " ("
              + FailureText.of(blamed)
              + "), nor delete it: "
              + FailureText.of(Objects.requireNonNullElse(e.getCause(), e))
              + ": check who owns it",
          e);
    }
  }

  private static RetryableException failure(Path folder, Exception e) {
    return e instanceof RetryableException retryable
        ? retryable
        : new RetryableException(
            "could not use the Git cache " + folder + ": " + FailureText.of(e), e);
  }
}
