package dev.flakerelay.update;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.git.GitRemote;
import dev.flakerelay.git.TargetBranch;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.process.ScratchFolder;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.TestRepository;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is kept between jobs helps, and never stands in the way. */
@Tag("slow")
class CacheTest {
  private static final Logger JGIT = Logger.getLogger("org.eclipse.jgit");

  private final Scene scene;
  private final TestRepository app;
  private final TestRepository target;

  CacheTest(@TempDir Path folder) {
    scene = Scene.in(folder);
    app = scene.source("app");
    target = scene.target(FlakeText.describedAs("target").input("app", scene.reference("app")));
    scene.route("app");
  }

  /** JGit complains with stack traces of what is broken here on purpose. */
  @BeforeAll
  static void silenceJGit() {
    JGIT.setLevel(Level.OFF);
  }

  @AfterAll
  static void hearJGitAgain() {
    JGIT.setLevel(null);
  }

  @BeforeEach
  void warmUp() {
    assertThat(scene.update(Scene.release(app, "1")).kind()).isEqualTo(Outcome.Kind.UPDATED);
  }

  /** Ways in which a killed process, a full disk or a careless person leaves a repository. */
  enum Damage {
    PACKS_CUT_IN_HALF {
      @Override
      void to(Path cache) throws IOException {
        for (Path file : files(cache.resolve("objects"), ".pack")) {
          try (FileChannel pack = FileChannel.open(file, StandardOpenOption.WRITE)) {
            pack.truncate(pack.size() / 2);
          }
        }
      }
    },
    PACKS_GONE {
      @Override
      void to(Path cache) throws IOException {
        for (Path file : files(cache.resolve("objects"), ".pack")) {
          Files.delete(file);
        }
      }
    },
    EMPTY_INDEXES {
      @Override
      void to(Path cache) throws IOException {
        for (Path file : files(cache.resolve("objects"), ".idx")) {
          Files.write(file, new byte[0]);
        }
      }
    },
    NO_OBJECTS {
      @Override
      void to(Path cache) throws IOException {
        ScratchFolder.delete(cache.resolve("objects"));
        Files.createDirectories(cache.resolve("objects"));
      }
    },
    GARBAGE_IN_SHALLOW {
      @Override
      void to(Path cache) throws IOException {
        Files.writeString(cache.resolve("shallow"), "garbage\n");
      }
    },
    GARBAGE_IN_CONFIG {
      @Override
      void to(Path cache) throws IOException {
        Files.writeString(cache.resolve("config"), "[[[garbage");
      }
    },
    GARBAGE_IN_REFS {
      @Override
      void to(Path cache) throws IOException {
        for (Path file : files(cache.resolve("refs"), "")) {
          Files.writeString(file, "garbage\n");
        }
      }
    },
    NO_HEAD {
      @Override
      void to(Path cache) throws IOException {
        Files.deleteIfExists(cache.resolve("HEAD"));
      }
    },
    KILLED_WHILE_WRITING_REFS {
      @Override
      void to(Path cache) throws IOException {
        for (Path file : files(cache.resolve("refs"), "")) {
          Files.createFile(Path.of(file + ".lock"));
        }
        Files.createFile(cache.resolve("shallow.lock"));
      }
    },
    KILLED_WHILE_FETCHING {
      @Override
      void to(Path cache) throws IOException {
        Files.writeString(cache.resolve("objects/incoming_1.pack"), "half of it");
        Files.writeString(cache.resolve("objects/incoming_1.idx"), "");
        Files.writeString(cache.resolve("objects/noz1.tmp"), "half of it");
      }
    },
    A_FILE_IN_ITS_PLACE {
      @Override
      void to(Path cache) throws IOException {
        ScratchFolder.delete(cache);
        Files.writeString(cache, "garbage");
      }
    };

    abstract void to(Path cache) throws IOException;

    static List<Path> files(Path folder, String end) throws IOException {
      try (var files = Files.walk(folder)) {
        return files
            .filter(file -> Files.isRegularFile(file) && file.toString().endsWith(end))
            .peek(file -> file.toFile().setWritable(true))
            .toList();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aBrokenCacheIsMadeAnewWithinTheSameJob(Damage damage) throws IOException {
    Revision next = Scene.release(app, "2");
    for (Path cache : caches()) {
      damage.to(cache);
    }

    assertThat(scene.update(next).kind()).isEqualTo(Outcome.Kind.UPDATED);
    assertThat(Scene.locked(target, ".", "app")).isEqualTo(next.hex());
    assertThat(target.attempt("fsck", "--strict", "--no-dangling").succeeded().errors()).isEmpty();
    for (Path cache : caches()) {
      assertThat(Damage.files(cache.resolve("objects"), ""))
          .noneMatch(file -> file.getFileName().toString().matches("(incoming|noz).*"));
    }
  }

  private List<Path> caches() throws IOException {
    try (var found = Files.list(scene.tools().resolve("git"))) {
      return found.filter(Files::isDirectory).filter(path -> !path.endsWith("busy")).toList();
    }
  }

  @Test
  void aCacheThatAnotherProcessUsesIsLeftAlone() throws IOException {
    List<Path> caches = caches();
    assertThat(caches).hasSize(2);
    try (FileChannel one = lockFile(caches.getFirst());
        FileChannel other = lockFile(caches.getLast())) {
      one.lock();
      other.lock();

      assertThat(scene.update(Scene.release(app, "2")).kind()).isEqualTo(Outcome.Kind.UPDATED);
    }
  }

  private static FileChannel lockFile(Path cache) throws IOException {
    return FileChannel.open(Path.of(cache + ".lock"), StandardOpenOption.WRITE);
  }

  @Test
  void anOvergrownCacheIsMadeAnew() throws IOException {
    Path cache = caches().getFirst();
    for (int i = 0; i < 101; i++) {
      Files.createFile(cache.resolve("objects/pack/pack-" + i + ".pack"));
    }

    assertThat(scene.update(Scene.release(app, "2")).kind()).isEqualTo(Outcome.Kind.UPDATED);

    assertThat(Damage.files(cache, ".pack")).hasSizeLessThan(10);
  }

  @Test
  void aCacheOfMoreThanAGigabyteIsMadeAnew() throws IOException {
    Path cache = caches().getFirst();
    try (RandomAccessFile pack =
        new RandomAccessFile(cache.resolve("objects/pack/pack-0.pack").toFile(), "rw")) {
      pack.setLength((1L << 30) + 1); // takes no room: it is a hole
    }

    assertThat(scene.update(Scene.release(app, "2")).kind()).isEqualTo(Outcome.Kind.UPDATED);

    assertThat(cache.resolve("objects/pack/pack-0.pack")).doesNotExist();
  }

  /** A thread in the background left a lock file for a moment, even with nothing to collect. */
  @Test
  void jgitDoesNotCollectGarbageBehindOurBack() throws Exception {
    Path cache = scene.tools().resolve("git/gc");
    GitRemote remote = new GitRemote("file://" + app.directory(), Optional.empty());
    for (int i = 0; i < 55; i++) { // JGit would begin at 50 packs
      app.write("VERSION", "gc " + i).commit("Release " + i);
      TargetBranch.fetch(remote, "main", _ -> Set.of("flake.nix"), cache).close();
      assertThat(Scene.list(cache)).noneMatch(name -> name.startsWith("gc"));
    }
    assertThat(Damage.files(cache, ".pack")).hasSizeGreaterThan(50);
  }

  @Test
  void whatAKilledProcessLeftBehindIsClearedAway() throws IOException {
    for (String place : List.of("nix", "git/busy")) {
      Path left = scene.tools().resolve(place).resolve("scratch-999999999-1-left");
      Files.createDirectories(left.resolve("store"));
      Files.writeString(left.resolve("store/file"), "x");
    }
    for (Path cache : caches()) {
      try (FileChannel channel = lockFile(cache)) {
        channel.lock();
        scene.update(Scene.release(app, "2"));
      }
    }

    scene.assertNothingLeft();
  }
}
