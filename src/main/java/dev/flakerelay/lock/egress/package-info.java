/**
 * The guarded way out of one run of nix: a forward proxy and a gate in place of ssh. Nobody but
 * {@code nix} enters.
 */
@NullMarked
package dev.flakerelay.lock.egress;

import org.jspecify.annotations.NullMarked;
