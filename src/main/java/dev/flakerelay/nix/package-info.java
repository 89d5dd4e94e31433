/** {@code flake.lock} as data, and the {@code nix} program that makes a new one. */
@NullMarked
package dev.flakerelay.nix;

import org.jspecify.annotations.NullMarked;
