/** A commit pushed, or only the right to push tried: what the server answers, by type. */
@NullMarked
package dev.flakerelay.git.push;

import org.jspecify.annotations.NullMarked;
