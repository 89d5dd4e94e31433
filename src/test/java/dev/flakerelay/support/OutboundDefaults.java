package dev.flakerelay.support;

import java.net.Authenticator;
import java.net.ProxySelector;
import java.security.NoSuchAlgorithmException;
import javax.net.ssl.HttpsURLConnection;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/** How this JVM reaches the world by default; puts it back as it was when closed. */
public final class OutboundDefaults implements AutoCloseable {
  private final ProxySelector proxies = ProxySelector.getDefault();
  private final @Nullable Authenticator passwords = Authenticator.getDefault();
  private final SSLContext trust;
  private final SSLSocketFactory sockets = HttpsURLConnection.getDefaultSSLSocketFactory();

  private OutboundDefaults(SSLContext trust) {
    this.trust = trust;
  }

  /** Remembers the defaults as they are now. */
  public static OutboundDefaults keep() {
    try {
      return new OutboundDefaults(SSLContext.getDefault());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    ProxySelector.setDefault(proxies);
    Authenticator.setDefault(passwords);
    SSLContext.setDefault(trust);
    HttpsURLConnection.setDefaultSSLSocketFactory(sockets);
  }
}
