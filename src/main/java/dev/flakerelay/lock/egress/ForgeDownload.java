package dev.flakerelay.lock.egress;

import dev.flakerelay.Destination;
import dev.flakerelay.net.ErrorAnswer;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Downloads archives from forges by the rules that nix's own fetches are held to in a {@link
 * FetchProxy}: the same hosts and addresses, the token shown for the same repositories.
 */
public final class ForgeDownload implements AutoCloseable {
  private static final int MOST_REDIRECTS = 5;

  private static final List<String> ASKED = List.of("User-Agent: flake-relay", "Accept: */*");

  private final List<ForgeFetch> forges;
  private final Upstream upstream;
  private final Outlet outlet;
  private final Duration silence;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();

  /**
   * Downloads of one lock.
   *
   * @param silence how long a server may send nothing
   */
  public ForgeDownload(FetchScope scope, Duration silence) throws IOException {
    this.silence = silence;
    this.outlet = scope.outlet();
    this.forges = scope.forges(outlet, this::opened);
    this.upstream = new Upstream(outlet, scope.network().tls(), this::opened);
  }

  private void opened(Socket socket) {
    open.add(socket);
    try {
      socket.setSoTimeout((int) silence.toMillis());
    } catch (SocketException e) {
      FetchProxy.closeQuietly(socket);
    }
  }

  /**
   * What is at an address, to be closed by the caller.
   *
   * @throws AnsweredException if the server says that it is not there, or not for now
   * @throws IOException if it may not be asked for, or the answer is no success
   */
  public InputStream get(URI address) throws IOException {
    URI at = address;
    for (int i = 0; i <= MOST_REDIRECTS; i++) {
      Destination to = destination(at);
      outlet.requirePermitted(to);
      ForgeAnswer answer = ask(to, at);
      if (answer.status() == 200) {
        return body(answer);
      }
      try (answer) {
        Optional<URI> next = answer.isRedirect() ? answer.leadsTo(to) : Optional.empty();
        if (next.isEmpty()) {
          throw AnsweredException.of(address, told(answer));
        }
        at = next.get();
      }
    }
    throw new IOException(address.getHost() + " leads from one address to the next");
  }

  private static ErrorAnswer told(ForgeAnswer answer) throws IOException {
    byte[] body = answer.body().readNBytes(ErrorAnswer.MOST_BYTES);
    return ErrorAnswer.read(answer.status(), answer.head()::field, body, Instant.now());
  }

  private static Destination destination(URI uri) throws IOException {
    return Destination.of(uri.toString()).orElseThrow(() -> new IOException("no host's name"));
  }

  private ForgeAnswer ask(Destination to, URI at) throws IOException {
    String query = at.getRawQuery() == null ? "" : "?" + at.getRawQuery();
    String first = "GET " + at.getRawPath() + query + " HTTP/1.1";
    Optional<ForgeFetch> forge = forges.stream().filter(each -> each.covers(to)).findFirst();
    if (forge.isPresent()) {
      return forge.get().to(new HttpHead(first, ASKED), to, new byte[0]);
    }
    List<String> head = new ArrayList<>(List.of(first));
    head.addAll(ASKED);
    return ForgeAnswer.of(upstream.send(to, head, new byte[0]));
  }

  /** Closing it halfway closes the connection, whatever is still to come. */
  private static InputStream body(ForgeAnswer answer) {
    return new FilterInputStream(answer.body()) {
      @Override
      public void close() throws IOException {
        answer.close();
      }
    };
  }

  @Override
  public void close() {
    open.forEach(FetchProxy::closeQuietly);
  }
}
