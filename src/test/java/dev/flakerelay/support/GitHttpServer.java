package dev.flakerelay.support;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;
import java.util.Locale;

/** Serves every Git repository below a folder over plain HTTP: anyone may read and push. */
public final class GitHttpServer implements AutoCloseable {
  private final Path root;
  private final TestHttpServer server;
  private volatile String credentials = "";
  private volatile boolean pushes = true;
  private volatile String report = "";

  private GitHttpServer(Path root) {
    this.root = root;
    this.server = TestHttpServer.plain(this::answer);
  }

  /** Starts a server on a free port. */
  public static GitHttpServer serving(Path root) {
    return new GitHttpServer(root);
  }

  /** From now on, whoever reads or pushes must name this user and password. */
  public GitHttpServer requireBasicAuth(String user, String password) {
    byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    credentials = "Basic " + Base64.getEncoder().encodeToString(pair);
    return this;
  }

  /** From now on, pushes are answered 403. */
  public GitHttpServer refusePushes() {
    pushes = false;
    return this;
  }

  /**
   * From now on, pushes are taken, thrown away and answered so ("report-status" in Git's pack
   * protocol).
   *
   * @param unpack what follows {@code unpack}
   * @param line what is said of the branch, such as {@code ng refs/heads/main hook declined}
   * @param messages what is said to people besides
   */
  public GitHttpServer answerPushes(String unpack, String line, String messages) {
    report =
        (messages.isEmpty() ? "" : packet("\2" + messages + "\n"))
            + packet("\1" + packet("unpack " + unpack + "\n") + packet(line + "\n") + "0000")
            + "0000";
    return this;
  }

  private static String packet(String text) {
    return String.format(Locale.ROOT, "%04x", text.length() + 4) + text;
  }

  /** The URL of a repository, given by its path below the folder. */
  public String url(String repository) {
    return "http://127.0.0.1:" + server.port() + "/" + repository;
  }

  /** Fails the next requests whose path begins so; see {@link TestHttpServer#failNext}. */
  public void failNext(int times, String path, Fault fault) {
    server.failNext(times, path, fault);
  }

  /** How many requests are yet to be failed. */
  public int faultsLeft() {
    return server.faultsLeft();
  }

  /** Fails nothing any more. */
  public void noMoreFaults() {
    server.noMoreFaults();
  }

  /** Every request so far. */
  public List<Request> requests() {
    return server.requests();
  }

  private Answer answer(Request request) {
    String given = request.header("Authorization").orElse("");
    if (!credentials.isEmpty() && !given.equals(credentials)) {
      return Answer.text(401, "authentication required\n")
          .with("WWW-Authenticate", "Basic realm=\"test\"");
    }
    if (!report.isEmpty() && request.path().endsWith("/git-receive-pack")) {
      return Answer.text(200, report).with("Content-Type", "application/x-git-receive-pack-result");
    }
    return GitBackend.answer(request, root, request.path(), pushes);
  }

  @Override
  public void close() {
    server.close();
  }
}
