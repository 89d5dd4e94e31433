/**
 * The REST API of Forgejo and Gitea (its description is at {@code /api/swagger} of every server),
 * as far as it is needed.
 */
@NullMarked
package dev.flakerelay.forge.forgejo;

import org.jspecify.annotations.NullMarked;
