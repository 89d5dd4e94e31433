package dev.flakerelay.git.transport;

import dev.flakerelay.Token;
import org.eclipse.jgit.transport.CredentialItem;
import org.eclipse.jgit.transport.URIish;
import org.eclipse.jgit.transport.UsernamePasswordCredentialsProvider;

/** Shows a token to the server that it is for, and to none that this one redirects to. */
final class TokenForOneServer extends UsernamePasswordCredentialsProvider {
  private final URIish server;

  TokenForOneServer(URIish server, Token token) {
    super(Token.USER, token.value());
    this.server = server;
  }

  @Override
  public boolean get(URIish asking, CredentialItem... items) {
    return isServer(asking) && super.get(asking, items);
  }

  private boolean isServer(URIish asking) {
    return String.valueOf(server.getScheme()).equals(asking.getScheme())
        && String.valueOf(server.getHost()).equalsIgnoreCase(asking.getHost())
        && port(server) == port(asking);
  }

  private static int port(URIish address) {
    int usual = "https".equals(address.getScheme()) ? 443 : 80;
    return address.getPort() < 0 ? usual : address.getPort();
  }
}
