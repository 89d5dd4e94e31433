/** flake.lock and flake references as data. */
@NullMarked
package dev.flakerelay.flake;

import org.jspecify.annotations.NullMarked;
