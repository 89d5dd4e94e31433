package dev.flakerelay.support;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.server.SshServer;

/**
 * Serves every Git repository below a folder over SSH, to whoever has the one key that it made.
 *
 * <p>{@link #home()} holds what a client needs, as in {@code ~/.ssh}: {@code id_ecdsa}, {@code
 * id_ecdsa.pub}, {@code known_hosts}, {@code config}.
 */
public final class SshGitServer implements AutoCloseable {
  private final SshServer server;
  private final Path home;
  private final List<String> commands = new CopyOnWriteArrayList<>();

  private SshGitServer(SshServer server, Path home) {
    this.server = server;
    this.home = home;
  }

  /**
   * Starts a server on a free port of 127.0.0.1.
   *
   * @param root the folder with the repositories
   * @param home where the client's files are written; made if need be
   */
  public static SshGitServer serving(Path root, Path home) {
    try {
      KeyPair hostKey = newKey();
      KeyPair clientKey = newKey();
      SshServer server = SshServer.setUpDefaultServer();
      SshGitServer started = new SshGitServer(server, home);
      server.setHost("127.0.0.1");
      server.setKeyPairProvider(KeyPairProvider.wrap(hostKey));
      server.setPublickeyAuthenticator(
          (user, key, session) -> KeyUtils.compareKeys(key, clientKey.getPublic()));
      server.setCommandFactory(
          (channel, command) -> {
            started.commands.add(command);
            return new SshGitCommand(root, command);
          });
      server.start();
      started.writeHome(hostKey, clientKey);
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException("could not start an SSH server", e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("could not make SSH keys", e);
    }
  }

  private static KeyPair newKey() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    return generator.generateKeyPair();
  }

  private void writeHome(KeyPair hostKey, KeyPair clientKey)
      throws IOException, GeneralSecurityException {
    Files.createDirectories(home);
    Path identity = home.resolve("id_ecdsa");
    try (OutputStream out = Files.newOutputStream(identity)) {
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(clientKey, "test", null, out);
    }
    // ssh refuses a private key that others could read.
    Files.setPosixFilePermissions(identity, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(
        home.resolve("id_ecdsa.pub"), PublicKeyEntry.toString(clientKey.getPublic()) + "\n");
    Files.writeString(
        home.resolve("known_hosts"),
        "[127.0.0.1]:" + port() + " " + PublicKeyEntry.toString(hostKey.getPublic()) + "\n");
    Files.writeString(
        home.resolve("config"),
        """
        IdentityFile "%1$s/id_ecdsa"
        UserKnownHostsFile "%1$s/known_hosts"
        GlobalKnownHostsFile /dev/null
        IdentitiesOnly yes
        StrictHostKeyChecking yes
        BatchMode yes
        """
            .formatted(home));
  }

  /** The port that it listens on. */
  public int port() {
    return server.getPort();
  }

  /** The URL of a repository, given by its path below the folder. */
  public String url(String repository) {
    return "ssh://git@127.0.0.1:" + port() + "/" + repository;
  }

  /** The folder with the client's key and the server's, made to be used as {@code ~/.ssh}. */
  public Path home() {
    return home;
  }

  /**
   * The variable that makes git (and nix, which calls it) use this key: ssh itself looks up the
   * user's real home folder and not {@code HOME}.
   */
  public Map<String, String> environment() {
    return Map.of("GIT_SSH_COMMAND", "ssh -F '" + home.resolve("config") + "'");
  }

  /** Every command that a client sent, such as {@code git-upload-pack '/origin.git'}. */
  public List<String> commands() {
    return List.copyOf(commands);
  }

  @Override
  public void close() {
    try {
      server.stop(true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
