/**
 * Git repositories over the network: a target's branch is fetched, read, committed to and pushed; a
 * source's history is read to see which of two revisions is newer.
 */
@NullMarked
package dev.flakerelay.git;

import org.jspecify.annotations.NullMarked;
