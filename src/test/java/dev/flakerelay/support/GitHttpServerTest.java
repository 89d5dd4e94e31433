package dev.flakerelay.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("slow")
class GitHttpServerTest {
  @TempDir Path folder;
  private TestRepository origin;
  private TestRepository served;
  private GitHttpServer server;
  private GitCommand git;

  @BeforeEach
  void serveARepository() {
    origin = TestRepository.create(folder.resolve("origin")).write("a.txt", "one\n");
    origin.commit("First");
    served = origin.bareClone(folder.resolve("served/origin.git"));
    server = GitHttpServer.serving(folder.resolve("served"));
    git = GitCommand.in(folder);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void gitClonesAndPushes() {
    assertThat(git.run("clone", "--quiet", server.url("origin.git"), "clone")).isEmpty();
    Revision second = origin.write("b.txt", "two\n").commit("Second");

    assertThat(origin.git("push", "--quiet", server.url("origin.git"), "main")).isEmpty();

    assertThat(served.head("main")).isEqualTo(second);
    assertThat(server.requests())
        .extracting(Request::path)
        .contains("/origin.git/git-receive-pack");
  }

  @Test
  void gitFetchesAShallowPartialCommitById() {
    Revision first = served.head("main");
    TestRepository clone = TestRepository.create(folder.resolve("clone"));

    String fetched =
        clone.git(
            "fetch",
            "--quiet",
            "--depth=1",
            "--filter=blob:none",
            server.url("origin.git"),
            first.hex());

    assertThat(fetched).isEmpty();
    assertThat(clone.head("FETCH_HEAD")).isEqualTo(first);
  }

  @Test
  void largePushesComeInChunksAndGzip() {
    Revision bulk = origin.commitBulk(2000, "Bulk");

    assertThat(origin.git("push", "--quiet", server.url("origin.git"), "main")).isEmpty();

    assertThat(served.head("main")).isEqualTo(bulk);
    assertThat(served.tree(bulk)).hasSize(2001);
  }

  @Test
  void whoeverHasNoPasswordIsTurnedAway() {
    server.requireBasicAuth("relay", "secret");
    String withPassword = server.url("origin.git").replace("//", "//relay:secret@");

    assertThat(git.attempt("ls-remote", server.url("origin.git")).errors())
        .contains("could not read Username");
    assertThat(git.run("ls-remote", withPassword, "main")).contains(served.head("main").hex());
    assertThat(server.requests()).extracting(Request::authorized).containsSequence(false, true);
  }

  @Test
  void refusedPushesAreForbidden() {
    server.refusePushes();

    Execution push = origin.attempt("push", server.url("origin.git"), "main");

    assertThat(push.exit()).isNotZero();
    assertThat(push.errors()).contains("403");
  }

  @Test
  void theNextRequestsFailAsTold() {
    server.failNext(1, "/", Fault.status(500));
    server.failNext(1, "/", Fault.tooManyRequests(Duration.ofSeconds(7)));
    server.failNext(1, "/", new Fault.CutOff());
    String url = server.url("origin.git");

    assertThat(git.attempt("ls-remote", url).errors()).contains("500");
    assertThat(git.attempt("ls-remote", url).errors()).contains("429");
    assertThat(git.attempt("ls-remote", url).exit()).isNotZero();
    server.failNext(
        1, "/", Fault.redirect(server.url("elsewhere.git/info/refs?service=git-upload-pack")));
    assertThat(git.attempt("ls-remote", url).errors()).contains("not found");
    server.failNext(2, "/", new Fault.Slow(Duration.ofMillis(100)));
    assertThat(git.run("ls-remote", url, "main")).contains(served.head("main").hex());
  }

  /** A push went on in a folder that JUnit was removing. */
  @Test
  void whenItIsClosedNoProgramOfItIsLeft() throws Exception {
    Path started = folder.resolve("started");
    Path hook = served.directory().resolve("hooks/pre-receive");
    Programs.write(hook, "#!/bin/sh\necho $$ > '" + started + "'\nexec sleep 300\n");
    String url = server.url("origin.git");
    var push = CompletableFuture.supplyAsync(() -> origin.attempt("push", url, "main:other"));
    Await.until(Duration.ofMinutes(1), () -> started.toFile().length() > 0);

    server.close();

    long hooked = Long.parseLong(Files.readString(started).strip());
    assertThat(ProcessHandle.of(hooked).flatMap(each -> each.info().command())).isEmpty();
    assertThat(push.get().exit()).isNotZero();
  }

  @Test
  void aHeldAnswerComesWhenItIsLetGo() throws Exception {
    CountDownLatch letGo = new CountDownLatch(1);
    server.failNext(1, "/origin.git", new Fault.Held(letGo));
    String url = server.url("origin.git");
    var listing = CompletableFuture.supplyAsync(() -> git.run("ls-remote", url, "main"));
    Await.until(Duration.ofMinutes(1), () -> !server.requests().isEmpty());

    assertThat(listing).isNotDone();
    letGo.countDown();

    assertThat(listing.get()).contains(served.head("main").hex());
  }

  @Test
  void aSilentServerNeverAnswers() {
    server.failNext(1, "/origin.git", new Fault.Silence());

    Execution listing =
        git.attempt(
            "-c",
            "http.lowSpeedLimit=1",
            "-c",
            "http.lowSpeedTime=1",
            "ls-remote",
            server.url("origin.git"));

    assertThat(listing.errors()).contains("too slow");
  }
}
