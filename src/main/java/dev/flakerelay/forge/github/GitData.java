package dev.flakerelay.forge.github;

import dev.flakerelay.Access;
import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.VisibleText;
import dev.flakerelay.forge.CommitApi;
import dev.flakerelay.git.CommitDraft;
import dev.flakerelay.git.push.PushResult;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/**
 * Commits by GitHub's API ("REST API endpoints for Git database"). One that an App makes, and that
 * names no author of its own, GitHub signs ("About commit signature verification").
 */
final class GitData implements CommitApi {
  private static final String NOT_AHEAD = "not a fast forward";
  private static final String GONE = "Reference does not exist";

  private final GitHubRepository repository;
  private final GitHubApi api;

  GitData(GitHubRepository repository, Access access, Deadline deadline) {
    this.repository = repository;
    this.api = GitHubApi.authorized(access, deadline);
  }

  @Override
  public PushResult push(CommitDraft draft, String branch) {
    return attempt(
        () -> {
          Revision commit = commit(draft);
          // A branch that was set back would take the commit as well, and what was taken off it.
          if (!at(branch).equals(Optional.of(draft.parent()))) {
            return new PushResult.BranchMoved();
          }
          move(branch, commit, false);
          return new PushResult.Pushed(commit);
        });
  }

  @Override
  public PushResult pushTo(String ownBranch, Optional<Revision> before, CommitDraft draft) {
    return attempt(
        () -> {
          Revision commit = commit(draft);
          if (before.isPresent()) {
            move(ownBranch, commit, true);
          } else {
            Map<String, ?> created = Map.of("ref", "refs/heads/" + ownBranch, "sha", commit.hex());
            api.send("POST", repository.at("/git/refs"), created, "make " + ownBranch + " at");
          }
          return new PushResult.Pushed(commit);
        });
  }

  private static PushResult attempt(Attempt attempt) {
    try {
      return attempt.make();
    } catch (PermanentException e) {
      String said = e.getMessage();
      return said.contains(NOT_AHEAD) || said.contains(GONE)
          ? new PushResult.BranchMoved()
          : new PushResult.Refused(e);
    } catch (RetryableException e) {
      return new PushResult.ServerInTrouble(e);
    } catch (JobException e) {
      throw new IllegalStateException("there are two kinds of failure", e);
    }
  }

  private Optional<Revision> at(String branch) throws JobException {
    return api.find(reference("/git/ref/heads/", branch), "look at " + branch + " of")
        .flatMap(found -> Revision.find(found.path("object").path("sha").asString("")));
  }

  private void move(String branch, Revision commit, boolean force) throws JobException {
    api.send(
        "PATCH",
        reference("/git/refs/heads/", branch),
        Map.of("sha", commit.hex(), "force", force),
        "move " + branch + " of");
  }

  private URI reference(String kind, String branch) {
    return repository.at(
        kind
            + Arrays.stream(branch.split("/", -1))
                .map(part -> URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20"))
                .collect(Collectors.joining("/")));
  }

  /** Makes the commit, which no branch has yet. */
  private Revision commit(CommitDraft draft) throws JobException {
    List<Map<String, String>> entries = new ArrayList<>();
    for (CommitDraft.Entry entry : draft.entries()) {
      entries.add(entry(entry));
    }
    Revision tree = made("trees", Map.of("base_tree", draft.parentTree().hex(), "tree", entries));
    if (!tree.equals(draft.tree())) {
      throw new PermanentException(
          "GitHub made other files of the commit than were proven: the tree "
              + tree
              + " instead of "
              + draft.tree());
    }
    JsonNode commit =
        make(
            "commits",
            Map.of(
                "message", draft.message(),
                "tree", tree.hex(),
                "parents", List.of(draft.parent().hex())));
    JsonNode verification = commit.path("verification");
    if (!verification.path("verified").asBoolean(false)) {
      throw new PermanentException(
          "GitHub did not sign the commit ("
              + VisibleText.brief(verification.path("reason").asString("it gives no reason"))
              + "): it does so for an App, see secrets.github-app");
    }
    return id(commit);
  }

  private Map<String, String> entry(CommitDraft.Entry entry) throws JobException {
    return switch (entry) {
      case CommitDraft.Submodule(String path, Revision commit) ->
          Map.of("path", path, "mode", "160000", "type", "commit", "sha", commit.hex());
      case CommitDraft.File(String path, String mode, byte[] content) -> {
        String base64 = Base64.getEncoder().encodeToString(content);
        Revision blob = made("blobs", Map.of("content", base64, "encoding", "base64"));
        yield Map.of("path", path, "mode", mode, "type", "blob", "sha", blob.hex());
      }
    };
  }

  private Revision made(String what, Map<String, ?> body) throws JobException {
    return id(make(what, body));
  }

  private JsonNode make(String what, Map<String, ?> body) throws JobException {
    return api.send("POST", repository.at("/git/" + what), body, "write a commit's parts at");
  }

  private Revision id(JsonNode answer) throws RetryableException {
    return Revision.find(answer.path("sha").asString(""))
        .orElseThrow(
            () ->
                new RetryableException(
                    "the API of " + repository + " answered with something else than an id"));
  }

  @Override
  public void close() {
    api.close();
  }

  private interface Attempt {
    PushResult make() throws JobException;
  }
}
