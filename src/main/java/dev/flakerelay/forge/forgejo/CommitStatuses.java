package dev.flakerelay.forge.forgejo;

import dev.flakerelay.JobException;
import dev.flakerelay.Revision;
import dev.flakerelay.forge.CommitStatus;
import dev.flakerelay.forge.Statuses;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/**
 * Commit statuses. What a request calls {@code state} is {@code status} in an answer, and those of
 * one second come in any order: ids tell which is newer.
 */
record CommitStatuses(ForgejoApi api) implements Statuses {

  @Override
  public void set(Revision commit, CommitStatus status) throws JobException {
    Map<String, String> request = new LinkedHashMap<>();
    request.put("state", status.state().key());
    request.put("context", status.context());
    request.put("description", status.description());
    status.target().ifPresent(page -> request.put("target_url", page));
    var _ = api.send("POST", "/statuses/" + commit.hex(), request, "write a status to");
  }

  @Override
  public List<CommitStatus> of(Revision commit, String context) throws JobException {
    List<JsonNode> found = new ArrayList<>();
    for (int page = 1; page <= 2; page++) {
      api.get("/statuses/" + commit.hex() + "?limit=50&page=" + page, "read the statuses of")
          .forEach(
              each -> {
                if (each.path("context").asString("").equals(context)) {
                  found.add(each);
                }
              });
    }
    found.sort(Comparator.comparingLong((JsonNode each) -> each.path("id").asLong()).reversed());
    return found.stream().map(each -> read(each, context)).toList();
  }

  private static CommitStatus read(JsonNode json, String context) {
    return new CommitStatus(
        CommitStatus.State.of(json.path("status").asString("")),
        context,
        json.path("description").asString(""),
        Optional.of(json.path("target_url").asString("")).filter(page -> !page.isEmpty()));
  }

  @Override
  public void close() {
    api.close();
  }
}
