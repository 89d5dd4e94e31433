package dev.flakerelay.nix;

import dev.flakerelay.lock.FetchPolicy;
import dev.flakerelay.lock.egress.FetchProxy;
import dev.flakerelay.lock.egress.SshGate;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The variables that nix, and the git that it runs, are given. Of our own environment they see the
 * search path and the certificates.
 */
final class NixEnvironment {
  private static final List<String> INHERITED =
      List.of("PATH", "SSL_CERT_FILE", "NIX_SSL_CERT_FILE");

  private static final List<String> PROXIES =
      List.of("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY");

  private NixEnvironment() {}

  /**
   * The variables of one run.
   *
   * @param ours the process's environment
   * @param features of the language that are experiments
   */
  static Map<String, String> of(
      Map<String, String> ours, NixFolder folder, NixLimits limits, List<String> features) {
    Map<String, String> variables = new TreeMap<>();
    for (String name : INHERITED) {
      Optional.ofNullable(ours.get(name)).ifPresent(value -> variables.put(name, value));
    }
    String certificates = ours.get("SSL_CERT_FILE");
    if (certificates != null) {
      variables.putIfAbsent("NIX_SSL_CERT_FILE", certificates);
    }
    variables.put("HOME", folder.path().resolve("home").toString());
    variables.put("XDG_CACHE_HOME", folder.path().resolve("cache").toString());
    variables.put("TMPDIR", folder.path().toString());
    variables.put("NIX_STORE_DIR", folder.path().resolve("store").toString());
    variables.put("NIX_STATE_DIR", folder.path().resolve("state").toString());
    variables.put("NIX_LOG_DIR", folder.path().resolve("log").toString());
    variables.put("NIX_CONF_DIR", folder.path().resolve("conf").toString());
    variables.put("NIX_CONFIG", settings(limits, features));
    variables.put("GIT_CONFIG_GLOBAL", "/dev/null");
    variables.put("GIT_CONFIG_NOSYSTEM", "1");
    variables.put("GIT_TERMINAL_PROMPT", "0");
    variables.put("GIT_HTTP_LOW_SPEED_LIMIT", "1");
    variables.put("GIT_HTTP_LOW_SPEED_TIME", Long.toString(limits.silence().toSeconds()));
    return variables;
  }

  /** What leads everything that is fetched through one proxy, and Git past no other way. */
  static Map<String, String> network(FetchProxy proxy, FetchPolicy policy, SshGate ssh) {
    Map<String, String> variables = new TreeMap<>(ssh.environment());
    PROXIES.forEach(name -> variables.put(name, proxy.url()));
    variables.put("GIT_HTTP_PROXY_AUTHMETHOD", "basic"); // at once, not when asked
    variables.put(
        "GIT_ALLOW_PROTOCOL",
        policy.permitsScheme("git+file") ? "https:http:ssh:file" : "https:http:ssh");
    return variables;
  }

  /** What has nix, and the Git that it runs, trust these certificates and no others. */
  static Map<String, String> trust(Path certificates) {
    Map<String, String> variables = new TreeMap<>();
    for (String name : List.of("SSL_CERT_FILE", "NIX_SSL_CERT_FILE", "GIT_SSL_CAINFO")) {
      variables.put(name, certificates.toString());
    }
    return variables;
  }

  private static String settings(NixLimits limits, List<String> features) {
    return """
    experimental-features = nix-command flakes %s
    flake-registry =
    accept-flake-config = false
    allow-import-from-derivation = false
    substituters =
    warn-dirty = false
    build-users-group =
    gc-reserved-space = 0
    connect-timeout = 15
    stalled-download-timeout = %d
    """
        .formatted(String.join(" ", features), limits.silence().toSeconds());
  }
}
