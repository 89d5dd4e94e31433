package dev.flakerelay.lambda;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;

@Isolated("it sees every connection of this JVM")
class PrimingTest {
  /** Asked before each connection. */
  private static final class Watch extends ProxySelector {
    private final List<URI> connections = new CopyOnWriteArrayList<>();

    @Override
    public List<Proxy> select(URI uri) {
      connections.add(uri);
      return List.of(Proxy.NO_PROXY);
    }

    @Override
    public void connectFailed(URI uri, SocketAddress proxy, IOException failure) {}
  }

  @Test
  void aDeliveryGoesTheWholeWayAndNothingIsSent() throws IOException {
    ProxySelector usual = ProxySelector.getDefault();
    Watch watch = new Watch();
    ProxySelector.setDefault(watch);
    try {
      assertThat(new String(Priming.run(), UTF_8))
          .contains("\"statusCode\":503", "the queue did not take it", "Retry-After");
    } finally {
      ProxySelector.setDefault(usual);
    }
    assertThat(watch.connections).isEmpty();
  }
}
