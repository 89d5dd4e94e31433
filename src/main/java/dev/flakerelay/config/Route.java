package dev.flakerelay.config;

import dev.flakerelay.SourceBranch;
import dev.flakerelay.Version;
import dev.flakerelay.config.name.RepositoryName;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a dispatch leads to: which deliveries ask for it, and which targets it updates.
 *
 * @param name {@code [a-z0-9-]{1,40}}
 * @param when any of these triggers it
 * @param source the branch that revisions must be on; empty: what the input's reference in
 *     flake.nix says
 * @param targets what is updated, in the file's order
 * @param commit how the commit looks
 * @param publish how the commit reaches its branch
 * @param allow what is refused by default and allowed here
 * @param pushAttempts how often in a row one update may find, when it pushes, that the branch has
 *     moved
 * @param reconcile whether an input that lags behind its source's branch is updated without a
 *     delivery
 * @param tag where a tag's name has the version; empty: as {@link Version#clean} finds it
 * @param report whether outcomes are written on the source's commits as statuses; empty: as {@link
 *     Config#reports} decides
 * @param proposal how a pull request looks
 * @param engine what makes the lock
 * @param checks what the source's checks of a revision count for
 */
public record Route(
    String name,
    List<Trigger> when,
    Optional<SourceBranch> source,
    List<Target> targets,
    CommitStyle commit,
    Publish publish,
    Set<Allow> allow,
    int pushAttempts,
    boolean reconcile,
    Optional<TagPattern> tag,
    Optional<Boolean> report,
    ProposalStyle proposal,
    EngineChoice engine,
    Checks checks) {
  /** How often a push is attempted where the route does not say. */
  public static final int DEFAULT_PUSH_ATTEMPTS = 5;

  /** What it says of pushes to a branch of a repository. */
  public List<Trigger.Push> pushes(RepositoryName repository, String branch) {
    return when.stream()
        .filter(Trigger.Push.class::isInstance)
        .map(Trigger.Push.class::cast)
        .filter(push -> push.isOf(repository, branch))
        .toList();
  }

  /** Whether it says how pull requests look, and makes none. */
  boolean hasIdleProposalStyle() {
    return publish == Publish.PUSH && !proposal.equals(ProposalStyle.DEFAULT);
  }

  /** The version of a release, by its tag's name. */
  public Optional<Version> versionOf(String tagName) {
    return tag.isPresent() ? tag.get().version(tagName) : Version.clean(tagName);
  }

  /** The version that a sender or a person names, who may name a tag of the route's form. */
  public Optional<Version> version(String named) {
    return tag.flatMap(pattern -> pattern.version(named)).or(() -> Version.clean(named));
  }
}
