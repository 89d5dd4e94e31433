/** flake.lock as data, and the nix process. */
@NullMarked
package dev.flakerelay.nix;

import org.jspecify.annotations.NullMarked;
