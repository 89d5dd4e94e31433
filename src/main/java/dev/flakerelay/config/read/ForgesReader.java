package dev.flakerelay.config.read;

import dev.flakerelay.ForgeHosts;
import dev.flakerelay.ForgeKind;
import dev.flakerelay.config.Choice;
import dev.flakerelay.config.yaml.Section;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads what is at which host: {@code forges: { git.example.org: forgejo }}. */
final class ForgesReader {
  private static final Pattern HOST =
      Pattern.compile("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?(:\\d{1,5})?");

  private ForgesReader() {}

  static Optional<ForgeHosts> forges(Section section) {
    Map<String, ForgeKind> named = new LinkedHashMap<>();
    List<String> hosts = section.keys();
    for (String host : hosts) {
      Optional<ForgeKind> kind = section.optional(host, "forgejo", Choice.of(ForgeKind.class));
      if (!HOST.matcher(host).matches()) {
        section.problem(
            host, "not a host: write it as its repositories' URLs do, for example git.example.org");
      } else if (kind.isPresent() && named.put(host.toLowerCase(Locale.ROOT), kind.get()) != null) {
        section.problem(host, "written twice: keep one");
      }
    }
    return section.make(() -> new ForgeHosts(named));
  }
}
