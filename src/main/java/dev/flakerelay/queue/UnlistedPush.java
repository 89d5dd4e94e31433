package dev.flakerelay.queue;

import dev.flakerelay.Revision;
import dev.flakerelay.config.name.RepositoryName;
import java.util.Optional;

/**
 * A push whose delivery does not list every file that it touches: the worker has to look at the
 * source whether its route waits for such a push.
 *
 * @param repository that was pushed to
 * @param branch the branch's short name
 * @param before what the branch was at; empty if it is new, or the delivery does not tell
 */
public record UnlistedPush(RepositoryName repository, String branch, Optional<Revision> before) {}
