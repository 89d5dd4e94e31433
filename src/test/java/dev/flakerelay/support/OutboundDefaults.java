package dev.flakerelay.support;

import dev.flakerelay.net.OutboundNetwork;
import java.io.IOException;
import java.net.Authenticator;
import java.net.ProxySelector;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * How this JVM reaches the world by default; puts it back as it was when closed. Test classes that
 * use it are {@link OneAtATime}.
 */
public final class OutboundDefaults implements AutoCloseable {
  private static final AtomicReference<@Nullable Thread> USER = new AtomicReference<>();

  private final ProxySelector proxies = ProxySelector.getDefault();
  private final @Nullable Authenticator passwords = Authenticator.getDefault();
  private final SSLContext trust;
  private final SSLSocketFactory sockets = HttpsURLConnection.getDefaultSSLSocketFactory();
  private final boolean first;

  private OutboundDefaults(SSLContext trust, boolean first) {
    this.trust = trust;
    this.first = first;
  }

  /**
   * Remembers the defaults as they are now.
   *
   * @throws AssertionError if a test on another thread has done so, and not put them back
   */
  public static OutboundDefaults keep() {
    boolean first = USER.compareAndSet(null, Thread.currentThread());
    if (USER.get() != Thread.currentThread()) {
      throw new AssertionError("another test changes the defaults: is each of them @OneAtATime?");
    }
    try {
      return new OutboundDefaults(SSLContext.getDefault(), first);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * Leads connections as an environment says, but for those to 127.0.0.1: tests on other threads go
   * on.
   */
  public void lead(Map<String, String> environment) throws IOException {
    Map<String, String> elsewhere = new HashMap<>(environment);
    elsewhere.put("no_proxy", "127.0.0.1");
    OutboundNetwork.install(elsewhere);
  }

  @Override
  public void close() {
    ProxySelector.setDefault(proxies);
    Authenticator.setDefault(passwords);
    SSLContext.setDefault(trust);
    HttpsURLConnection.setDefaultSSLSocketFactory(sockets);
    if (first) {
      USER.set(null);
    }
  }
}
