/**
 * The core: the jobs of one target become outcomes. Everything that it needs of the world it gets
 * through {@code git}, {@code nix} and {@code github}.
 */
@NullMarked
package dev.flakerelay.update;

import org.jspecify.annotations.NullMarked;
