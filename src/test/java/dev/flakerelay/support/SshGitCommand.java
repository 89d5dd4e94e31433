package dev.flakerelay.support;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.sshd.server.Environment;
import org.apache.sshd.server.ExitCallback;
import org.apache.sshd.server.channel.ChannelSession;
import org.apache.sshd.server.command.Command;
import org.jspecify.annotations.Nullable;

/** Git's server side for one SSH session: the real {@code git-upload-pack} or its like. */
final class SshGitCommand implements Command {
  private static final Pattern COMMAND =
      Pattern.compile("(git-upload-pack|git-receive-pack) '/?([^']+)'");

  private final Path root;
  private final String command;
  private final boolean readOnly;
  private InputStream in = InputStream.nullInputStream();
  private OutputStream out = OutputStream.nullOutputStream();
  private OutputStream errors = OutputStream.nullOutputStream();
  private ExitCallback callback = (code, message, closeImmediately) -> {};
  private @Nullable Process process;

  SshGitCommand(Path root, String command, boolean readOnly) {
    this.root = root;
    this.command = command;
    this.readOnly = readOnly;
  }

  @Override
  public void setInputStream(InputStream stream) {
    in = stream;
  }

  @Override
  public void setOutputStream(OutputStream stream) {
    out = stream;
  }

  @Override
  public void setErrorStream(OutputStream stream) {
    errors = stream;
  }

  @Override
  public void setExitCallback(ExitCallback exitCallback) {
    callback = exitCallback;
  }

  @Override
  public void start(ChannelSession channel, Environment session) throws IOException {
    Matcher parts = COMMAND.matcher(command);
    if (!parts.matches() || !root.resolve(parts.group(2)).normalize().startsWith(root)) {
      refuse("refused: " + command, 128);
      return;
    }
    if (readOnly && parts.group(1).equals("git-receive-pack")) {
      refuse("ERROR: The key you are authenticating with has been marked as read only.", 1);
      return;
    }
    String repository = root.resolve(parts.group(2)).toString();
    ProcessBuilder builder =
        new ProcessBuilder("git", parts.group(1).substring("git-".length()), repository);
    builder.environment().clear();
    builder.environment().putAll(GitCommand.cleanEnvironment());
    String protocol = session.getEnv().get("GIT_PROTOCOL");
    if (protocol != null) {
      builder.environment().put("GIT_PROTOCOL", protocol);
    }
    Process git = builder.start();
    process = git;
    Thread.ofVirtual().start(() -> copy(in, git.getOutputStream(), true));
    Thread output = Thread.ofVirtual().start(() -> copy(git.getInputStream(), out, false));
    Thread error = Thread.ofVirtual().start(() -> copy(git.getErrorStream(), errors, false));
    Thread.ofVirtual().start(() -> finish(git, output, error));
  }

  private void refuse(String why, int code) throws IOException {
    errors.write((why + "\n").getBytes(StandardCharsets.UTF_8));
    errors.flush();
    callback.onExit(code);
  }

  private void finish(Process git, Thread... copies) {
    try {
      int code = git.waitFor();
      for (Thread copy : copies) {
        copy.join();
      }
      callback.onExit(code);
    } catch (InterruptedException e) {
      callback.onExit(1);
    }
  }

  private static void copy(InputStream from, OutputStream to, boolean close) {
    try {
      byte[] buffer = new byte[8192];
      for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
        to.write(buffer, 0, read);
        // The other side waits for an answer to just this.
        to.flush();
      }
      if (close) {
        to.close();
      }
    } catch (IOException ignored) {
      // One side is gone; the process's end tells the other.
    }
  }

  @Override
  public void destroy(ChannelSession channel) {
    if (process != null) {
      process.destroy();
    }
  }
}
