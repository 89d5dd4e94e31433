package dev.flakerelay.lock.egress;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flakerelay.Destination;
import dev.flakerelay.lock.FetchPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLSocket;

/** One connection that a program has made to a {@link FetchProxy}. */
final class FetchConnection {
  private final Socket client;
  private final Outlet outlet;
  private final FetchProxy proxy;

  FetchConnection(Socket client, Outlet outlet, FetchProxy proxy) {
    this.client = client;
    this.outlet = outlet;
    this.proxy = proxy;
  }

  /** Answers it, and returns when it has ended. */
  void serve(HttpHead request) {
    try (client) {
      try {
        if (request.word(0).equals("CONNECT")) {
          tunnel(request);
        } else {
          forward(request);
        }
      } catch (Outlet.RefusedException e) {
        proxy.refuse(e.getMessage());
        answer("403 Forbidden", e.getMessage());
      } catch (Outlet.UnreachableException e) {
        proxy.failed(e.getMessage());
        answer("502 Bad Gateway", e.getMessage());
      }
    } catch (IOException hungUp) {
      // The other side sees its connection end.
    }
  }

  private void tunnel(HttpHead request) throws IOException {
    Destination to = destination("https://" + request.word(1));
    Optional<ForgeFetch> forge = proxy.forge(to);
    if (forge.isPresent()) {
      outlet.requirePermitted(to);
      forge.get().expect(to, proxy::start);
      established();
      SSLSocket clear = RunAuthority.current().accept(client, to.host());
      new ForgeConnection(clear, to, forge.get(), proxy).serve();
      return;
    }
    try (Socket server = outlet.tunnel(to)) {
      proxy.opened(server);
      established();
      proxy.start(() -> pump(client, server));
      pump(server, client);
    }
  }

  private void established() throws IOException {
    client.getOutputStream().write(HttpHead.bytes(List.of("HTTP/1.1 200 Connection established")));
  }

  /** One request over plain HTTP; the next may be for another host and needs a new connection. */
  private void forward(HttpHead request) throws IOException {
    Destination to = destination(request.word(1));
    if (request.field("transfer-encoding").isPresent()) {
      answer("411 Length Required", "bodies of unknown length are not forwarded");
      return;
    }
    Outlet.Plain plain = outlet.plain(to, request);
    try (Socket server = plain.connection()) {
      proxy.opened(server);
      server.getOutputStream().write(plain.head());
      long length = Long.parseLong(request.field("content-length").orElse("0"));
      copy(client.getInputStream(), server.getOutputStream(), length);
      HttpHead response = HttpHead.read(server.getInputStream());
      while (response.word(1).startsWith("1")) {
        response = HttpHead.read(server.getInputStream());
      }
      client.getOutputStream().write(response.forwarded(response.first(), List.of()));
      copy(server.getInputStream(), client.getOutputStream(), Long.MAX_VALUE);
    } catch (NumberFormatException e) {
      answer("400 Bad Request", "not a length");
    }
  }

  private static Destination destination(String url) throws Outlet.RefusedException {
    return Destination.of(url)
        .filter(to -> url.startsWith("http"))
        .orElseThrow(
            () ->
                new Outlet.RefusedException(
                    "the source's flake leads to something"
                        + FetchPolicy.refusal("no host's name")));
  }

  /** Copies until the source ends, then tells the other side so. */
  private void pump(Socket from, Socket to) {
    try {
      copy(from.getInputStream(), to.getOutputStream(), Long.MAX_VALUE);
      to.shutdownOutput();
    } catch (IOException hungUp) {
      FetchProxy.closeQuietly(from);
      FetchProxy.closeQuietly(to);
    }
  }

  private void copy(InputStream from, OutputStream to, long most) throws IOException {
    byte[] buffer = new byte[16 * 1024];
    long left = most;
    while (left > 0) {
      int count = from.read(buffer, 0, (int) Math.min(buffer.length, left));
      if (count < 0) {
        return;
      }
      proxy.count(count);
      to.write(buffer, 0, count);
      left -= count;
    }
  }

  private void answer(String status, String text) throws IOException {
    byte[] head =
        HttpHead.bytes(
            List.of(
                "HTTP/1.1 " + status,
                "Content-Type: text/plain; charset=utf-8",
                "Connection: close"));
    client.getOutputStream().write(head);
    client.getOutputStream().write((text + "\n").getBytes(UTF_8));
  }
}
