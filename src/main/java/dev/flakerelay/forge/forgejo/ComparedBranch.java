package dev.flakerelay.forge.forgejo;

import dev.flakerelay.JobException;
import dev.flakerelay.Relation;
import dev.flakerelay.Revision;
import dev.flakerelay.forge.BranchComparison;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The history of a branch ("Get commit comparison information"): a commit that has none besides
 * those of another one came before that.
 */
final class ComparedBranch implements BranchComparison {
  private final ForgejoApi api;
  private final Optional<String> branch;
  private @Nullable Revision head;

  ComparedBranch(ForgejoApi api, Optional<String> branch) {
    this.api = api;
    this.branch = branch;
  }

  @Override
  public Relation relation(Revision locked, Revision requested) throws JobException {
    if (locked.equals(requested)) {
      return Relation.SAME;
    }
    if (!has(requested)) {
      return Relation.OFF_BRANCH;
    }
    if (isIn(locked, requested)) {
      return Relation.NEWER;
    }
    return isIn(requested, locked) && has(locked) ? Relation.OLDER : Relation.DIVERGED;
  }

  @Override
  public boolean has(Revision revision) throws JobException {
    if (head == null) {
      head = Forgejo.head(api, branch);
    }
    return isIn(revision, head);
  }

  private boolean isIn(Revision older, Revision newer) throws JobException {
    if (older.equals(newer)) {
      return true;
    }
    JsonNode answer =
        api.get("/compare/" + newer.hex() + "..." + older.hex(), "compare commits of");
    if (!answer.path("total_commits").isNumber()) {
      throw api.strange("a comparison");
    }
    return answer.path("total_commits").asInt() == 0;
  }

  @Override
  public void close() {
    api.close();
  }
}
