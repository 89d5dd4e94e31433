package dev.flakerelay.forge.github;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * A GitHub App as it is to be ("Registering a GitHub App from a manifest" in GitHub's
 * documentation).
 *
 * @param host where it is made, such as {@code github.com}
 * @param organization whose it is; empty: the person's who makes it
 * @param name at most 34 characters, which no other App has
 */
public record AppManifest(String host, Optional<String> organization, String name) {
  /** What routes may need; each token asks for less. */
  private static final Map<String, String> PERMISSIONS =
      Map.of(
          "contents", "write",
          "pull_requests", "write",
          "statuses", "write",
          "checks", "read",
          "metadata", "read");

  /** The page that takes the manifest, by POST of a form. */
  public URI page(String state) {
    String settings = organization.map(name -> "/organizations/" + name).orElse("");
    return URI.create(
        "https://"
            + host
            + settings
            + "/settings/apps/new?state="
            + URLEncoder.encode(state, StandardCharsets.UTF_8));
  }

  /** The page with all Apps of whose it is. */
  public URI list() {
    String settings = organization.map(name -> "/organizations/" + name).orElse("");
    return URI.create("https://" + host + settings + "/settings/apps");
  }

  /**
   * The form's field {@code manifest}, which is JSON. The App gets no deliveries: those come from
   * the source's webhook or workflow.
   *
   * @param redirect where GitHub sends the browser afterwards, with {@code code} and {@code state}
   */
  public String json(URI redirect) {
    String homepage = "https://" + host + organization.map(name -> "/" + name).orElse("");
    return JsonMapper.shared()
        .writeValueAsString(
            Map.of(
                "name",
                name,
                "url",
                homepage,
                "description",
                "Keeps flake inputs locked to what their sources just released.",
                "hook_attributes",
                Map.of("url", homepage, "active", false),
                "redirect_url",
                redirect.toString(),
                "public",
                false,
                "default_permissions",
                PERMISSIONS,
                "default_events",
                List.of()));
  }
}
