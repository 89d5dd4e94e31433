package dev.flakerelay.lock.egress;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flakerelay.Destination;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.util.List;
import javax.net.ssl.SSLSocket;

/** A connection to a forge that ends here, TLS and all: one request after the other. */
final class ForgeConnection {
  /** Git asks with little more than a list of the commits that it has. */
  private static final int MOST_ASKED = 16 << 20;

  private final SSLSocket client;
  private final Destination host;
  private final ForgeFetch fetch;
  private final FetchProxy proxy;

  ForgeConnection(SSLSocket client, Destination host, ForgeFetch fetch, FetchProxy proxy) {
    this.client = client;
    this.host = host;
    this.fetch = fetch;
    this.proxy = proxy;
  }

  /** Answers it, and returns when it has ended. */
  void serve() throws IOException {
    try (client) {
      client.startHandshake();
      InputStream in = new BufferedInputStream(client.getInputStream(), 1 << 14);
      OutputStream out = new BufferedOutputStream(client.getOutputStream(), 1 << 16);
      boolean goesOn = true;
      while (goesOn) {
        HttpHead request = HttpHead.read(in);
        goesOn = answer(request, in, out) && !wantsToEnd(request);
        out.flush();
      }
    }
  }

  private static boolean wantsToEnd(HttpHead request) {
    return request.all("connection").stream().anyMatch(each -> each.equalsIgnoreCase("close"));
  }

  private boolean answer(HttpHead request, InputStream in, OutputStream out) throws IOException {
    byte[] body;
    try {
      body = body(request, in, out);
    } catch (ProtocolException e) {
      tell(out, "400 Bad Request", String.valueOf(e.getMessage()));
      return false;
    }
    try (ForgeAnswer answer = fetch.to(request, host, body)) {
      answer.send(out, request.word(0), proxy::count);
      return true;
    } catch (Outlet.RefusedException e) {
      proxy.refuse(e.getMessage());
      tell(out, "403 Forbidden", e.getMessage());
    } catch (Outlet.UnreachableException e) {
      proxy.failed(e.getMessage());
      tell(out, "502 Bad Gateway", e.getMessage());
    }
    return false;
  }

  private byte[] body(HttpHead request, InputStream in, OutputStream out) throws IOException {
    String named = request.field("host").orElse("").replaceFirst(":" + host.port() + "$", "");
    if (!request.isPlainRequest() || !named.equalsIgnoreCase(host.host())) {
      throw new ProtocolException("not a request for " + host);
    }
    if (request.field("expect").isPresent()) {
      out.write(HttpHead.bytes(List.of("HTTP/1.1 100 Continue")));
      out.flush();
    }
    byte[] body = HttpBody.ofRequest(request, in).readNBytes(MOST_ASKED + 1);
    if (body.length > MOST_ASKED) {
      throw new ProtocolException("a request of more than " + MOST_ASKED + " bytes");
    }
    proxy.count(body.length);
    return body;
  }

  private static void tell(OutputStream out, String status, String text) throws IOException {
    byte[] body = (text + "\n").getBytes(UTF_8);
    out.write(
        HttpHead.bytes(
            List.of(
                "HTTP/1.1 " + status,
                "Content-Type: text/plain; charset=utf-8",
                "Content-Length: " + body.length,
                "Connection: close")));
    out.write(body);
  }
}
