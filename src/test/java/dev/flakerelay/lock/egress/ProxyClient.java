package dev.flakerelay.lock.egress;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** A program behind a {@link FetchProxy} that sends what no well-behaved client would. */
final class ProxyClient implements Closeable {
  private final FetchProxy proxy;
  private Socket socket;

  private ProxyClient(FetchProxy proxy) throws IOException {
    this.proxy = proxy;
    this.socket = new Socket(InetAddress.ofLiteral("127.0.0.1"), URI.create(proxy.url()).getPort());
    socket.setSoTimeout(60_000);
  }

  static ProxyClient of(FetchProxy proxy) throws IOException {
    return new ProxyClient(proxy);
  }

  /** What its URL says to show. */
  static String authorization(FetchProxy proxy) {
    String pair = URI.create(proxy.url()).getUserInfo();
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(ISO_8859_1));
  }

  /** Asks for a tunnel, and gets it. */
  ProxyClient connect(String authority) throws IOException {
    write(
        "CONNECT "
            + authority
            + " HTTP/1.1\r\nProxy-Authorization: "
            + authorization(proxy)
            + "\r\n\r\n");
    HttpHead answer = HttpHead.read(socket.getInputStream());
    if (!answer.word(1).equals("200")) {
      throw new IOException(answer.first());
    }
    return this;
  }

  /**
   * Begins TLS.
   *
   * @param name the host that is asked for
   * @param protocols to speak over it, in ALPN
   */
  ProxyClient tls(SSLContext trust, String name, String... protocols) throws IOException {
    SSLSocket clear = (SSLSocket) trust.getSocketFactory().createSocket(socket, name, 443, true);
    SSLParameters parameters = clear.getSSLParameters();
    parameters.setServerNames(List.of(new SNIHostName(name)));
    parameters.setApplicationProtocols(protocols);
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    clear.setSSLParameters(parameters);
    clear.startHandshake();
    socket = clear;
    return this;
  }

  /** Sends a request, whose last empty line is added, and reads all until the other side closes. */
  String ask(String request) throws IOException {
    write(request + "Connection: close\r\n\r\n");
    return rest();
  }

  void write(String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
  }

  String rest() throws IOException {
    InputStream in = socket.getInputStream();
    return new String(in.readAllBytes(), ISO_8859_1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
