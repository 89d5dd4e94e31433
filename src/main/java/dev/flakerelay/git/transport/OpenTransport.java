package dev.flakerelay.git.transport;

import dev.flakerelay.PermanentException;
import dev.flakerelay.Token;
import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Stream;
import org.eclipse.jgit.errors.ConfigInvalidException;
import org.eclipse.jgit.lib.Repository;
import org.eclipse.jgit.storage.file.FileBasedConfig;
import org.eclipse.jgit.transport.SshSessionFactory;
import org.eclipse.jgit.transport.SshTransport;
import org.eclipse.jgit.transport.Transport;
import org.eclipse.jgit.transport.TransportHttp;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.util.FS;

/** JGit's way to a server, made to count what comes back and to show the token where it may. */
public final class OpenTransport {
  /** How long a server may stay silent before the connection is given up. */
  private static final Duration SILENCE = Duration.ofSeconds(30);

  private OpenTransport() {}

  /**
   * Looks whether it can be spoken to from here. The archive for Lambda has no SSH client: there is
   * no key either.
   *
   * @throws PermanentException if not
   */
  public static void requirePossible(URIish address, String attempt) throws PermanentException {
    boolean scp = address.getScheme() == null && address.getHost() != null; // user@host:path
    if ((scp || "ssh".equals(address.getScheme())) && SshSessionFactory.getInstance() == null) {
      throw new PermanentException(attempt + ": there is no ssh here: write its https URL");
    }
    if (!address.isRemote() && hasSha256Ids(Path.of(address.getPath()))) {
      throw new PermanentException(
          attempt + ": it has SHA-256 ids, which nix can't read: use a repository with SHA-1");
    }
  }

  /** As "extensions.objectFormat" says ("git-config" in Git's manual). */
  private static boolean hasSha256Ids(Path repository) {
    return Stream.of(repository, repository.resolve(".git"))
        .map(folder -> new FileBasedConfig(folder.resolve("config").toFile(), FS.DETECTED))
        .anyMatch(
            config -> {
              try {
                config.load();
              } catch (IOException | ConfigInvalidException e) {
                return false; // Git's own program tells what is wrong with it
              }
              return "sha256".equals(config.getString("extensions", null, "objectformat"));
            });
  }

  /**
   * Opens it; nothing is sent yet.
   *
   * @param longest how long the conversation may take
   */
  public static Transport to(
      URIish address,
      Repository local,
      Optional<Token> token,
      HttpConnections connections,
      Traffic traffic,
      Duration longest)
      throws IOException {
    Transport transport = Transport.open(local, address);
    transport.setTimeout((int) SILENCE.toSeconds());
    if (transport instanceof TransportHttp http) {
      http.setHttpConnectionFactory(connections);
    }
    if (transport instanceof SshTransport ssh) {
      ssh.setSshSessionFactory(new MeteredSsh(ssh.getSshSessionFactory(), traffic));
    }
    if (tokenMayTravel(address)) {
      token.ifPresent(
          secret -> transport.setCredentialsProvider(new TokenForOneServer(address, secret)));
    }
    if (!address.isRemote()) {
      // Git's own programs: JGit alone would skip the hooks of a repository on this machine, and
      // can't read more of a history than it did before.
      transport.setOptionUploadPack(limited("git-upload-pack", longest));
      transport.setOptionReceivePack(limited("git-receive-pack", longest));
    }
    return transport;
  }

  /**
   * No interrupt ends the reading of a program's output, and a hook may never end: the program is
   * ended with all that it started, a moment after it was to have ended.
   */
  private static String limited(String program, Duration longest) {
    return "exec timeout -k 5 " + (longest.toSeconds() + 2) + " " + program;
  }

  private static boolean tokenMayTravel(URIish address) {
    return "https".equals(address.getScheme())
        || ("http".equals(address.getScheme()) && isThisMachine(address.getHost()));
  }

  private static boolean isThisMachine(String host) {
    try {
      return InetAddress.getByName(host).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }
}
