/**
 * The guarded way out while a lock is made: a forward proxy and a gate in place of ssh for a
 * program, downloads for our own code. Nobody but lock engines enters.
 */
@NullMarked
package dev.flakerelay.lock.egress;

import org.jspecify.annotations.NullMarked;
