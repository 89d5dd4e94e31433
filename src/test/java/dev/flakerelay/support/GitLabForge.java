package dev.flakerelay.support;

import dev.flakerelay.Revision;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * GitLab as nix and Git use it: "Get file archive" (Repositories API), "List repository commits"
 * (Commits API), and smart HTTP.
 */
final class GitLabForge extends Forge {
  private static final Pattern API =
      Pattern.compile("/api/v4/projects/([^/]+)/repository/(archive\\.tar\\.gz|commits)");

  @Override
  Answer answer(Request request) {
    Matcher api = API.matcher(request.path());
    if (!api.matches()) {
      return git(request);
    }
    Optional<HostedRepository> found =
        visible(URLDecoder.decode(api.group(1), StandardCharsets.UTF_8), request);
    if (found.isEmpty()) {
      return Answer.json(404, Map.of("message", "404 Project Not Found"));
    }
    String reference =
        request.parameter("sha").or(() -> request.parameter("ref_name")).orElse("HEAD");
    Optional<Revision> revision = found.get().resolve(reference);
    if (api.group(2).equals("commits")) {
      return Answer.json(200, revision.map(id -> Map.of("id", id.hex())).stream().toList());
    }
    return revision
        .map(id -> archive(found.get(), id, reference))
        .orElseGet(() -> Answer.json(404, Map.of("message", "404 File Not Found")));
  }

  private static Answer archive(HostedRepository found, Revision revision, String reference) {
    String folder =
        String.join("-", List.of(found.project(), reference.replace('/', '-'), revision.hex()));
    return archive(
            found.archive(revision, folder),
            "application/octet-stream",
            "\"" + folder + ".tar.gz\"")
        .with("ETag", "W/\"" + revision + "\"");
  }
}
