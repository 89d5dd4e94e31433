package dev.flakerelay.support;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Apps that are made from a manifest ("Registering a GitHub App from a manifest", "Create a GitHub
 * App from a manifest" in GitHub's documentation).
 */
public final class GitHubManifests {
  private static final Pattern PAGE =
      Pattern.compile("(?:/organizations/([A-Za-z0-9-]+))?/settings/apps/new");

  private static final Pattern CONVERSION = Pattern.compile("/app-manifests/([^/]+)/conversions");

  /** What GitHub hands out, once, with an App. */
  public static final String CLIENT_SECRET = "c11e47c11e47c11e47c11e47c11e47c11e47c11e";

  public static final String WEBHOOK_SECRET = "we8h00kwe8h00kwe8h00k";
  private static final long ID = 998_877;

  private final GitHubApps apps;
  private JsonNode proposed = JsonMapper.shared().createObjectNode();
  private String state = "";
  private String owner = "";
  private String code = "";

  GitHubManifests(GitHubApps apps) {
    this.apps = apps;
  }

  /** What a person sees on the page, before anything is made. */
  public synchronized JsonNode proposed() {
    return proposed;
  }

  /** Whose the App is going to be. */
  public synchronized String owner() {
    return owner;
  }

  /** The person presses the page's button; where the browser is sent then. */
  public synchronized URI make() {
    code = UUID.randomUUID().toString().replace("-", "");
    return URI.create(
        proposed.path("redirect_url").asString() + "?code=" + code + "&state=" + state);
  }

  /** The page that takes a manifest. */
  synchronized Optional<Answer> page(Request request) {
    Matcher page = PAGE.matcher(request.path());
    if (!page.matches() || !request.method().equals("POST")) {
      return Optional.empty();
    }
    String form = new String(request.body(), StandardCharsets.UTF_8);
    proposed = JsonMapper.shared().readTree(field(form, "manifest"));
    state = field(request.query(), "state");
    owner = Optional.ofNullable(page.group(1)).orElse("octocat");
    boolean complete =
        proposed.path("url").asString("").startsWith("https://")
            && proposed.path("name").asString("").matches(".{1,34}")
            && proposed.path("hook_attributes").path("url").asString("").startsWith("https://");
    return Optional.of(
        complete
            ? Answer.text(200, "Create GitHub App for " + owner)
            : Answer.text(422, "Invalid GitHub App configuration"));
  }

  private static String field(String form, String name) {
    return Arrays.stream(form.split("&", -1))
        .filter(each -> each.startsWith(name + "="))
        .map(each -> URLDecoder.decode(each.substring(name.length() + 1), StandardCharsets.UTF_8))
        .findFirst()
        .orElse("");
  }

  /** Hands the App out, once. */
  synchronized Optional<Answer> conversion(Request request) {
    Matcher conversion = CONVERSION.matcher(request.path());
    if (!conversion.matches() || !request.method().equals("POST")) {
      return Optional.empty();
    }
    if (code.isEmpty() || !conversion.group(1).equals(code)) {
      return Optional.of(GitHubForge.message(404, "Not Found"));
    }
    code = "";
    KeyPair key = AppKeys.pair();
    apps.register(Long.toString(ID), key.getPublic());
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("id", ID);
    json.put("slug", "relay");
    json.put("node_id", "MDM6QXBwMQ==");
    json.put("client_id", "Iv1.8a61f9b3a7aba766");
    json.put("owner", Map.of("login", owner, "id", 1));
    json.put("name", proposed.path("name"));
    json.put("external_url", proposed.path("url"));
    json.put("html_url", "https://github.com/apps/relay");
    json.put("created_at", Instant.now().toString());
    json.put("permissions", proposed.path("default_permissions"));
    json.put("events", proposed.path("default_events"));
    json.put("client_secret", CLIENT_SECRET);
    json.put("webhook_secret", WEBHOOK_SECRET);
    json.put("pem", AppKeys.pkcs1(key));
    return Optional.of(Answer.json(201, json));
  }
}
