package dev.flakerelay.git.transport;

import dev.flakerelay.net.PublicAddress;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.function.Function;
import javax.net.ssl.SSLSocketFactory;

/**
 * TLS over connections to addresses of the internet. The address is looked at when the socket is
 * connected to it: a name that is resolved to another one in the meantime gains nothing. Through a
 * proxy {@link javax.net.ssl.HttpsURLConnection} connects by itself, and asks here for TLS only.
 */
final class PublicSockets extends SSLSocketFactory {
  private final SSLSocketFactory tls;
  private final Function<InetAddress, IOException> refusal;

  /**
   * Sockets like those of another factory.
   *
   * @param refusal what is thrown for an address that is not of the internet
   */
  PublicSockets(SSLSocketFactory tls, Function<InetAddress, IOException> refusal) {
    this.tls = tls;
    this.refusal = refusal;
  }

  /** Without TLS: who connects it asks for that when it is connected. */
  @Override
  public Socket createSocket() {
    return new Socket(Proxy.NO_PROXY) {
      @Override
      public void connect(SocketAddress endpoint) throws IOException {
        connect(endpoint, 0);
      }

      @Override
      public void connect(SocketAddress endpoint, int timeout) throws IOException {
        if (endpoint instanceof InetSocketAddress to
            && to.getAddress() != null
            && !PublicAddress.is(to.getAddress())) {
          throw refusal.apply(to.getAddress());
        }
        super.connect(endpoint, timeout);
      }
    };
  }

  @Override
  public Socket createSocket(Socket connected, String host, int port, boolean autoClose)
      throws IOException {
    return tls.createSocket(connected, host, port, autoClose);
  }

  @Override
  public Socket createSocket(String host, int port) throws IOException {
    return createSocket(InetAddress.getByName(host), port);
  }

  @Override
  public Socket createSocket(String host, int port, InetAddress local, int localPort)
      throws IOException {
    return createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port, InetAddress local, int localPort)
      throws IOException {
    return createSocket(host, port);
  }

  @Override
  public Socket createSocket(InetAddress host, int port) throws IOException {
    if (!PublicAddress.is(host)) {
      throw refusal.apply(host);
    }
    return tls.createSocket(host, port);
  }

  @Override
  public String[] getDefaultCipherSuites() {
    return tls.getDefaultCipherSuites();
  }

  @Override
  public String[] getSupportedCipherSuites() {
    return tls.getSupportedCipherSuites();
  }
}
