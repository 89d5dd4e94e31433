package dev.flakerelay.webhook;

import dev.flakerelay.config.PathFilter;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * The files that a push touches, as far as its delivery lists them (GitHub Docs, "Webhook events
 * and payloads", push).
 *
 * @param complete whether all are listed
 */
record PushedPaths(Set<String> listed, boolean complete) {
  /** GitHub lists no more commits than this. */
  private static final int MOST_COMMITS = 2_048;

  private static final List<String> LISTS = List.of("added", "modified", "removed");

  /**
   * Reads them. A new branch and a forced push differ from what was there before by more than their
   * commits say; Gitea and Forgejo list the newest commits only, and say how many there are.
   */
  static PushedPaths of(Payload payload) {
    JsonNode commits = payload.find("commits");
    JsonNode total = payload.find("total_commits");
    boolean complete =
        commits.isArray()
            && !commits.isEmpty()
            && commits.size() < MOST_COMMITS
            && (total.isMissingNode() || total.asInt(-1) == commits.size())
            && !payload.isTrue("forced")
            && !payload.isTrue("created")
            && !payload.isNoCommit("before");
    Set<String> listed = new HashSet<>();
    for (JsonNode commit : commits) {
      for (String list : LISTS) {
        complete &= commit.path(list).isArray();
        commit.path(list).forEach(path -> listed.add(path.asString("")));
      }
    }
    return new PushedPaths(listed, complete);
  }

  /** Whether it touches what the filter takes, or may do so unlisted. */
  boolean mayTouch(PathFilter filter) {
    return !complete || touches(filter);
  }

  /** Whether it lists something that the filter takes. */
  boolean touches(PathFilter filter) {
    return filter.touchedBy(listed);
  }
}
