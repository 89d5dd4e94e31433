package dev.flakerelay.net;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;

/** Why a server could not be reached, in a user's words: the JDK tells it by its classes' names. */
public final class ConnectionFailure {
  private ConnectionFailure() {}

  /**
   * The words for a failure.
   *
   * @param failure with its causes
   * @param server the host, with the port where it has one of its own
   * @return empty if the failure is of another kind, whose message says it well enough
   */
  public static Optional<String> words(Throwable failure, String server) {
    if (has(failure, UnknownHostException.class::isInstance)
        || has(failure, UnresolvedAddressException.class::isInstance)) {
      return Optional.of(
          "the host "
              + server
              + " can't be found: check its name, and this machine's DNS and proxy");
    }
    if (has(failure, NoRouteToHostException.class::isInstance)) {
      return Optional.of("there is no way to " + server + ": check this machine's network");
    }
    if (has(failure, ConnectionFailure::isTimeout)) {
      return Optional.of(server + " did not answer in time");
    }
    if (has(failure, ConnectException.class::isInstance)) {
      return Optional.of(
          "nobody listens at "
              + server
              + " (Connection refused): check host and port, and whether a firewall is between");
    }
    return certificate(failure, server);
  }

  private static boolean isTimeout(Throwable failure) {
    return failure instanceof SocketTimeoutException
        || failure instanceof HttpTimeoutException
        || (failure instanceof ConnectException
            && String.valueOf(failure.getMessage()).contains("timed out"));
  }

  private static Optional<String> certificate(Throwable failure, String server) {
    if (!has(failure, SSLException.class::isInstance)) {
      return Optional.empty();
    }
    String certificate = "the certificate of " + server;
    if (has(failure, CertificateExpiredException.class::isInstance)) {
      return Optional.of(certificate + " has expired");
    }
    if (has(failure, CertificateNotYetValidException.class::isInstance)) {
      return Optional.of(certificate + " is not valid yet: check this machine's clock");
    }
    if (says(failure, "subject alternative") || says(failure, "No name matching")) {
      return Optional.of(certificate + " is for another name");
    }
    if (has(failure, CertificateException.class::isInstance) || says(failure, "PKIX")) {
      return Optional.of(
          certificate
              + " is not trusted: if its authority is your own, name a file with that authority's"
              + " certificate in SSL_CERT_FILE");
    }
    return Optional.empty();
  }

  private static boolean says(Throwable failure, String words) {
    return has(failure, each -> String.valueOf(each.getMessage()).contains(words));
  }

  private static boolean has(Throwable failure, Predicate<Throwable> kind) {
    return Stream.iterate(failure, Objects::nonNull, Throwable::getCause).limit(50).anyMatch(kind);
  }
}
