package dev.flakerelay.support;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.config.keys.writer.openssh.OpenSSHKeyPairResourceWriter;
import org.apache.sshd.common.keyprovider.KeyPairProvider;
import org.apache.sshd.common.util.security.SecurityUtils;
import org.apache.sshd.server.SshServer;

/**
 * Serves every Git repository below a folder over SSH, to whoever has the key that it made, or
 * another that was let in.
 *
 * <p>{@link #home()} holds what a client needs, as in {@code ~/.ssh}: {@code id_ed25519}, {@code
 * id_ed25519.pub}, {@code known_hosts}, {@code config}.
 */
public final class SshGitServer implements AutoCloseable {
  private final SshServer server;
  private final Path home;
  private final List<String> commands = new CopyOnWriteArrayList<>();
  private final List<PublicKey> authorized = new CopyOnWriteArrayList<>();
  private volatile boolean readOnly;

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
          (user, key, session) ->
              started.authorized.stream().anyMatch(each -> KeyUtils.compareKeys(key, each)));
      server.setCommandFactory(
          (channel, command) -> {
            started.commands.add(command);
            return new SshGitCommand(root, command, started.readOnly);
          });
      started.authorized.add(clientKey.getPublic());
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
    return SecurityUtils.getKeyPairGenerator(SecurityUtils.ED25519).generateKeyPair();
  }

  private void writeHome(KeyPair hostKey, KeyPair clientKey)
      throws IOException, GeneralSecurityException {
    Files.createDirectories(home);
    Path identity = home.resolve("id_ed25519");
    try (OutputStream out = Files.newOutputStream(identity)) {
      OpenSSHKeyPairResourceWriter.INSTANCE.writePrivateKey(clientKey, "test", null, out);
    }
    // ssh refuses a private key that others could read.
    Files.setPosixFilePermissions(identity, PosixFilePermissions.fromString("rw-------"));
    Files.writeString(
        home.resolve("id_ed25519.pub"), PublicKeyEntry.toString(clientKey.getPublic()) + "\n");
    Files.writeString(
        home.resolve("known_hosts"),
        "[127.0.0.1]:" + port() + " " + PublicKeyEntry.toString(hostKey.getPublic()) + "\n");
    Files.writeString(
        home.resolve("config"),
        """
        IdentityFile "%1$s/id_ed25519"
        UserKnownHostsFile "%1$s/known_hosts"
        GlobalKnownHostsFile /dev/null
        IdentitiesOnly yes
        StrictHostKeyChecking yes
        BatchMode yes
        """
            .formatted(home));
  }

  /** Lets another key in, given as a line of {@code authorized_keys}. */
  public void authorize(String publicKey) throws IOException, GeneralSecurityException {
    authorized.add(
        PublicKeyEntry.parsePublicKeyEntry(publicKey).resolvePublicKey(null, null, null));
  }

  /** Answers pushes as GitHub does where the key is a deploy key that may only read. */
  public SshGitServer refusePushes() {
    readOnly = true;
    return this;
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
