/**
 * GitHub's REST API, as far as it is needed: the pull requests of a target, the heads of branches,
 * and how two revisions of a source relate. Errors say by their type whether a later try can
 * succeed.
 */
@NullMarked
package dev.flakerelay.forge.github;

import org.jspecify.annotations.NullMarked;
