package dev.flakerelay.support;

import dev.flakerelay.Revision;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * "REST API endpoints for Git database": real objects in the real repository. Commits that name no
 * author are the App's, and signed with a key that nobody has.
 */
final class GitHubGitData {
  private static final String SIGNATURE =
      "gpgsig -----BEGIN PGP SIGNATURE-----\n \n wsFcBAABCAAQBQJn\n -----END PGP SIGNATURE-----\n";

  private final Set<String> signedBranches = ConcurrentHashMap.newKeySet();

  /** From now on a branch takes signed commits only ("Require signed commits" of rulesets). */
  void requireSignatures(String branch) {
    signedBranches.add(branch);
  }

  boolean requiresSignatures(String branch) {
    return signedBranches.contains(branch);
  }

  /** Answers a request below {@code /repos/OWNER/NAME/git/}. */
  Answer answer(HostedRepository found, String path, Request request) {
    int slash = path.indexOf('/');
    String kind = slash < 0 ? path : path.substring(0, slash);
    String rest = slash < 0 ? "" : URI.create(path.substring(slash + 1)).getPath();
    GitCommand git = GitCommand.in(found.repository().directory());
    JsonNode body =
        request.body().length == 0
            ? JsonMapper.shared().createObjectNode()
            : JsonMapper.shared().readTree(request.body());
    return switch (request.method() + " " + kind) {
      case "POST blobs" -> blob(git, body);
      case "POST trees" -> tree(git, body);
      case "POST commits" -> commit(git, body, request);
      case "GET ref" -> reference(git, "refs/" + rest, 200);
      case "POST refs" -> create(git, body);
      case "PATCH refs" -> move(git, "refs/" + rest, body);
      default -> GitHubForge.message(404, "Not Found");
    };
  }

  private static Answer blob(GitCommand git, JsonNode body) {
    String content = body.path("content").asString("");
    byte[] bytes =
        body.path("encoding").asString("utf-8").equals("base64")
            ? Base64.getMimeDecoder().decode(content)
            : content.getBytes(StandardCharsets.UTF_8);
    return made(git.attempt(bytes, "hash-object", "-w", "--stdin"));
  }

  private static Answer made(Execution written) {
    return Answer.json(201, Map.of("sha", written.succeeded().text().strip()));
  }

  private static Answer tree(GitCommand git, JsonNode body) {
    GitCommand index =
        git.with(Map.of("GIT_INDEX_FILE", git.directory().resolve("" + UUID.randomUUID()) + ""));
    if (index.attempt("read-tree", body.path("base_tree").asString("")).exit() != 0) {
      return GitHubForge.message(404, "base_tree is not a valid tree oid");
    }
    for (JsonNode entry : body.path("tree")) {
      String sha = entry.path("sha").asString("");
      boolean exists = git.attempt("cat-file", "-e", sha).exit() == 0;
      if (!exists && !entry.path("type").asString("").equals("commit")) {
        return GitHubForge.message(422, "tree.sha " + sha + " is not a valid blob");
      }
      String line =
          entry.path("mode").asString("") + "," + sha + "," + entry.path("path").asString("");
      index.run("update-index", "--add", "--cacheinfo", line);
    }
    return made(index.attempt("write-tree", "--missing-ok"));
  }

  private static Answer commit(GitCommand git, JsonNode body, Request request) {
    String tree = body.path("tree").asString("");
    if (git.attempt("cat-file", "-e", tree + "^{tree}").exit() != 0) {
      return GitHubForge.message(422, "Tree SHA does not exist");
    }
    boolean isSigned =
        !body.has("author")
            && !body.has("committer")
            && request.token().orElse("").startsWith("ghs_");
    StringBuilder commit = new StringBuilder("tree " + tree + "\n");
    for (JsonNode parent : body.path("parents")) {
      commit.append("parent ").append(parent.asString()).append('\n');
    }
    commit.append("author relay[bot] <1+relay[bot]@users.noreply.github.com> 1764288000 +0000\n");
    commit.append("committer GitHub <noreply@github.com> 1764288000 +0000\n");
    commit.append(isSigned ? SIGNATURE : "").append('\n');
    commit.append(body.path("message").asString(""));
    Execution written =
        git.attempt(
            commit.toString().getBytes(StandardCharsets.UTF_8),
            "hash-object",
            "-w",
            "-t",
            "commit",
            "--stdin");
    Map<String, Object> json = new LinkedHashMap<>();
    json.put("sha", written.succeeded().text().strip());
    json.put("tree", Map.of("sha", tree));
    json.put(
        "verification", Map.of("verified", isSigned, "reason", isSigned ? "valid" : "unsigned"));
    return Answer.json(201, json);
  }

  private static Optional<String> resolve(GitCommand git, String name) {
    Execution found = git.attempt("rev-parse", "--quiet", "--verify", name);
    return found.exit() == 0 ? Optional.of(found.text().strip()) : Optional.empty();
  }

  private static Answer reference(GitCommand git, String name, int status) {
    return resolve(git, name)
        .map(
            sha ->
                Answer.json(
                    status, Map.of("ref", name, "object", Map.of("type", "commit", "sha", sha))))
        .orElseGet(() -> GitHubForge.message(404, "Not Found"));
  }

  private Answer create(GitCommand git, JsonNode body) {
    String name = body.path("ref").asString("");
    String sha = body.path("sha").asString("");
    if (resolve(git, name).isPresent()) {
      return GitHubForge.message(422, "Reference already exists");
    }
    if (resolve(git, sha + "^{commit}").isEmpty()) {
      return GitHubForge.message(422, "Object does not exist");
    }
    git.run("update-ref", name, sha);
    return reference(git, name, 201);
  }

  private Answer move(GitCommand git, String name, JsonNode body) {
    String sha = body.path("sha").asString("");
    Optional<String> old = resolve(git, name);
    if (old.isEmpty()) {
      return GitHubForge.message(422, "Reference does not exist");
    }
    boolean ahead = git.attempt("merge-base", "--is-ancestor", old.get(), sha).exit() == 0;
    if (!ahead && !body.path("force").asBoolean(false)) {
      return GitHubForge.message(422, "Update is not a fast forward");
    }
    if (requiresSignatures(name.replaceFirst("^refs/heads/", ""))
        && !git.run("cat-file", "commit", new Revision(sha).hex()).contains("\ngpgsig ")) {
      return GitHubForge.message(
          422, "Repository rule violations found\n\nCommits must have verified signatures.\n\n");
    }
    git.run("update-ref", name, sha, old.get());
    return reference(git, name, 200);
  }
}
