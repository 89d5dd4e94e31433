package dev.flakerelay.git;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Deadline;
import dev.flakerelay.git.push.PushResult;
import dev.flakerelay.git.transport.Traffic;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.Programs;
import dev.flakerelay.support.TestRepository;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A target on this machine, which Git's own programs read and write. */
@Tag("slow")
class LocalRepositoryTest {
  @TempDir private Path folder;

  /** The worker waited for ever, and so did its branch. */
  @Test
  @Timeout(value = 180, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void aHookThatNeverEndsIsEnded() throws Exception {
    TestRepository target = TestRepository.create(folder.resolve("work")).write("a", "a");
    target.commit("First");
    TestRepository bare = target.bareClone(folder.resolve("target.git"));
    Path hook = bare.directory().resolve("hooks/pre-receive");
    Path sleeper = folder.resolve("pid");
    Programs.write(hook, "#!/bin/sh\necho $$ > '" + sleeper + "'\nexec sleep 1000\n");
    GitRemote remote =
        new GitRemote(
            bare.url(), Optional.empty(), Duration.ofSeconds(8), Traffic.MOST_BYTES, Deadline.NONE);

    try (TargetBranch branch =
        TargetBranch.fetch(remote, "main", _ -> Set.of("a"), folder.resolve("cache"))) {
      var commit =
          branch.commit(
              new TargetBranch.Change(Map.of("a", new byte[] {'b'}), Map.of()),
              "Second",
              new TargetBranch.Author("a", "a@example.org"),
              Optional.empty());
      assertThat(branch.push(commit))
          .isInstanceOfSatisfying(
              PushResult.ServerInTrouble.class,
              trouble ->
                  assertThat(trouble.why())
                      .hasMessageContaining("could not push to main of " + bare.url()));
    }
    long pid = Long.parseLong(Files.readString(sleeper).strip());
    Await.until(
        Duration.ofMinutes(1),
        () -> ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isEmpty());
    assertThat(bare.log("main")).hasSize(1);
  }
}
