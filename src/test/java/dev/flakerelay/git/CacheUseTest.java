package dev.flakerelay.git;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flakerelay.JobException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.git.cache.BareRepository;
import dev.flakerelay.git.cache.CacheUse;
import dev.flakerelay.support.TestRepository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.eclipse.jgit.errors.TransportException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cache that can't be written, as when another user ran the program once. */
class CacheUseTest {
  @TempDir private Path folder;

  /** As it comes from a fetch into somebody else's folder. */
  private static JobException denied() {
    IOException cause = new IOException("Permission denied");
    return GitFailure.of(
        "could not fetch",
        "h",
        new TransportException("https://h/r.git: Permission denied", cause),
        Optional.empty(),
        Optional.empty(),
        "secrets.git",
        UnaryOperator.identity());
  }

  @Test
  void aCacheThatMayNotBeWrittenIsMadeAnew() throws Exception {
    Path cache = folder.resolve("cache");
    BareRepository.open(cache).close();
    Path old = Files.createFile(cache.resolve("old"));
    AtomicInteger uses = new AtomicInteger();

    CacheUse<BareRepository> use =
        opened -> {
          if (uses.incrementAndGet() == 1) {
            throw denied();
          }
          return opened;
        };
    CacheUse.in(cache, use).close();

    assertThat(uses).hasValue(2);
    assertThat(old).doesNotExist();
  }

  /** It stayed locked, and whatever was done with it later began with nothing. */
  @Test
  void aCacheIsGivenFreeWhateverHappens() throws Exception {
    Path cache = folder.resolve("cache");
    assertThatExceptionOfType(StackOverflowError.class)
        .isThrownBy(
            () ->
                CacheUse.in(
                    cache,
                    _ -> {
                      throw new StackOverflowError();
                    }));

    try (BareRepository next = CacheUse.in(cache, opened -> opened)) {
      assertThat(next.repository().getDirectory().toPath()).isEqualTo(cache);
    }
  }

  @Test
  void whereNoCacheCanBeTheFolderIsNamedAndTheJobTriedAgain() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    GitRemote remote =
        new GitRemote(
            TestRepository.create(folder.resolve("r")).write("a", "a").url(), Optional.empty());
    for (Path cache : new Path[] {file.resolve("cache"), folder.resolve("x".repeat(300))}) {
      assertThatExceptionOfType(RetryableException.class)
          .isThrownBy(() -> TargetBranch.fetch(remote, "main", _ -> Set.of("a"), cache))
          .withMessageContaining("Git cache " + cache);
    }
  }
}
