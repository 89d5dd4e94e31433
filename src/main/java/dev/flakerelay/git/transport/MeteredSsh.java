package dev.flakerelay.git.transport;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Map;
import org.eclipse.jgit.errors.TransportException;
import org.eclipse.jgit.transport.CredentialsProvider;
import org.eclipse.jgit.transport.RemoteSession;
import org.eclipse.jgit.transport.RemoteSession2;
import org.eclipse.jgit.transport.SshSessionFactory;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.util.FS;

/** An SSH client whose servers' bytes are counted. */
final class MeteredSsh extends SshSessionFactory {
  private final SshSessionFactory real;
  private final Traffic traffic;

  MeteredSsh(SshSessionFactory real, Traffic traffic) {
    this.real = real;
    this.traffic = traffic;
  }

  @Override
  public RemoteSession getSession(URIish uri, CredentialsProvider credentials, FS fs, int timeout)
      throws TransportException {
    return new Session(real.getSession(uri, credentials, fs, timeout), traffic);
  }

  @Override
  public String getType() {
    return real.getType();
  }

  private record Session(RemoteSession real, Traffic traffic) implements RemoteSession2 {
    @Override
    public Process exec(String command, int timeout) throws IOException {
      return new Command(real.exec(command, timeout), traffic);
    }

    @Override
    public Process exec(String command, Map<String, String> environment, int timeout)
        throws IOException {
      Process started =
          real instanceof RemoteSession2 newer
              ? newer.exec(command, environment, timeout)
              : real.exec(command, timeout);
      return new Command(started, traffic);
    }

    @Override
    public void disconnect() {
      real.disconnect();
    }
  }

  /** Git on the other side: its streams are all that JGit sees of it. */
  private static final class Command extends Process {
    private final Process real;
    private final InputStream output;
    private final InputStream errors;

    Command(Process real, Traffic traffic) {
      this.real = real;
      this.output =
          new PacketStream(real.getInputStream(), traffic, PacketStream.Content.NAMES_THEN_ANSWER);
      this.errors = new Messages(real.getErrorStream(), traffic);
    }

    @Override
    public OutputStream getOutputStream() {
      return real.getOutputStream();
    }

    @Override
    public InputStream getInputStream() {
      return output;
    }

    @Override
    public InputStream getErrorStream() {
      return errors;
    }

    @Override
    public int waitFor() throws InterruptedException {
      return real.waitFor();
    }

    @Override
    public int exitValue() {
      return real.exitValue();
    }

    @Override
    public void destroy() {
      try {
        errors.skipNBytes(errors.available()); // JGit may not have read the reason yet
      } catch (IOException e) {
        // then there is none
      }
      real.destroy();
    }
  }

  /** Words for people, the first of them. */
  private static final class Messages extends FilterInputStream {
    private final Traffic traffic;

    Messages(InputStream in, Traffic traffic) {
      super(in);
      this.traffic = traffic;
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] to, int from, int length) throws IOException {
      while (true) {
        int some = in.read(to, from, length);
        if (some <= 0) {
          return some;
        }
        traffic.add(some);
        traffic.hear(to, from, some);
        if (traffic.addMessage(some)) {
          return some;
        }
      }
    }
  }
}
