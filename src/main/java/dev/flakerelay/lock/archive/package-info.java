/**
 * Makes a lock from a forge's archive alone, without nix, where nothing but the locked revision of
 * an input changes.
 */
@NullMarked
package dev.flakerelay.lock.archive;

import org.jspecify.annotations.NullMarked;
