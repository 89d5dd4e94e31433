package dev.flakerelay.support;

import dev.flakerelay.Revision;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * GitHub as nix and Git use it: {@code github.com} (archives by redirect, smart HTTP), {@code
 * codeload.github.com} (archives) and {@code api.github.com} ("Download a repository archive (tar)"
 * and "Get a commit" in GitHub's REST documentation).
 */
final class GitHubForge extends Forge {
  private static final String NAME = "/([^/]+/[^/]+)";
  private static final Pattern ARCHIVE = Pattern.compile(NAME + "/archive/(.+)\\.tar\\.gz");
  private static final Pattern CODELOAD = Pattern.compile(NAME + "/(tar|legacy\\.tar)\\.gz/(.+)");
  private static final Pattern TARBALL = Pattern.compile("/repos" + NAME + "/tarball(?:/(.+))?");

  /** What is asked of a commit besides itself. */
  private static final Pattern MORE = Pattern.compile("/(?:statuses|status|check-runs)$");

  private static final Pattern COMMIT = Pattern.compile("/repos" + NAME + "/commits/(.+)");

  private final GitHubRest rest = new GitHubRest(this);
  private final GitHubApps apps = new GitHubApps();

  private final GitHubManifests manifests = new GitHubManifests(apps);

  /** Apps that are made there. */
  GitHubManifests manifests() {
    return manifests;
  }

  GitHubApps apps() {
    return apps;
  }

  /** The rest of the API. */
  GitHubRest rest() {
    return rest;
  }

  @Override
  Answer answer(Request request) {
    return switch (request.host()) {
      case "github.com" -> site(request);
      case "codeload.github.com" -> codeload(request);
      default -> api(request);
    };
  }

  private Answer site(Request request) {
    return manifests.page(request).orElseGet(() -> repository(request));
  }

  private Answer repository(Request request) {
    Matcher archive = ARCHIVE.matcher(request.path());
    if (!archive.matches()) {
      return git(request);
    }
    return visible(archive.group(1), request)
        .map(found -> Answer.redirect(codeload(found, "tar.gz", archive.group(2), "")))
        .orElseGet(Forge::notFound);
  }

  private static String codeload(
      HostedRepository found, String kind, String reference, String query) {
    return "https://codeload.github.com/" + found.name() + "/" + kind + "/" + reference + query;
  }

  private Answer codeload(Request request) {
    Matcher path = CODELOAD.matcher(request.path());
    Optional<HostedRepository> found =
        path.matches()
            ? find(path.group(1)).filter(repo -> mayLoad(request, repo))
            : Optional.empty();
    Optional<Revision> revision = found.flatMap(repo -> repo.resolve(path.group(3)));
    if (found.isEmpty() || revision.isEmpty()) {
      return notFound();
    }
    String project = found.get().project();
    String folder =
        path.group(2).equals("tar")
            ? project + "-" + path.group(3).replace('/', '-')
            : found.get().name().replace('/', '-') + "-" + revision.get().abbreviated();
    byte[] tarball = found.get().archive(revision.get(), folder);
    return archive(tarball, "application/x-gzip", folder + ".tar.gz")
        .with("ETag", "W/\"" + revision.get() + "\"");
  }

  /** The API's redirect for a private repository carries a short-lived token in its query. */
  private static boolean mayLoad(Request request, HostedRepository repository) {
    return repository.visibleTo(request) || request.query().equals(ticket(repository).substring(1));
  }

  private static String ticket(HostedRepository repository) {
    return repository.token().map(token -> "?token=" + ticket(token)).orElse("");
  }

  /** The short-lived token that is given out to those who show the real one. */
  static String ticket(String token) {
    return "T" + UUID.nameUUIDFromBytes(token.getBytes(StandardCharsets.UTF_8)).toString();
  }

  private Answer api(Request request) {
    Optional<Answer> forApps = apps.answer(request).or(() -> manifests.conversion(request));
    if (forApps.isPresent()) {
      return forApps.get();
    }
    if (apps.hasEnded(request)) {
      return message(401, "Bad credentials");
    }
    return apps.refusal(request).orElseGet(() -> resource(request));
  }

  private Answer resource(Request request) {
    Matcher tarball = TARBALL.matcher(request.path());
    if (tarball.matches()) {
      String reference = Optional.ofNullable(tarball.group(2)).orElse("HEAD");
      return visible(tarball.group(1), request)
          .map(found -> codeload(found, "legacy.tar.gz", reference, ticket(found)))
          .map(Answer::redirect)
          .orElseGet(() -> message(404, "Not Found"));
    }
    Matcher commit = COMMIT.matcher(request.path());
    boolean more = commit.matches() && MORE.matcher(commit.group(2)).find();
    if (commit.matches() && !more && request.method().equals("GET")) {
      return visible(commit.group(1), request)
          .map(found -> commit(request, found, unescaped(commit.group(2))))
          .orElseGet(() -> message(404, "Not Found"));
    }
    return rest.answer(request);
  }

  private static String unescaped(String path) {
    return URI.create(path).getPath();
  }

  private static Answer commit(Request request, HostedRepository found, String reference) {
    Optional<Revision> revision = found.resolve(reference);
    if (revision.isEmpty()) {
      return message(422, "No commit found for SHA: " + reference);
    }
    String sha = revision.get().hex();
    String tag = "\"" + sha + "\"";
    if (request.header("If-None-Match").equals(Optional.of(tag))) {
      return Answer.text(304, "").with("ETag", tag);
    }
    if (request.header("Accept").orElse("").matches("application/vnd\\.github\\.(\\S+\\.)?sha")) {
      return Answer.text(200, sha).with("ETag", tag);
    }
    String tree = found.repository().git("rev-parse", sha + "^{tree}");
    return Answer.json(200, Map.of("sha", sha, "commit", Map.of("tree", Map.of("sha", tree))));
  }

  static Answer message(int status, String message) {
    return Answer.json(status, Map.of("message", message, "status", Integer.toString(status)));
  }
}
