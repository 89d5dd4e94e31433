/** Checks commits that flake-relay made, from the commits alone. */
@NullMarked
package dev.flakerelay.audit;

import org.jspecify.annotations.NullMarked;
