/**
 * What may be fetched while a lock is made, the gate that holds it, and the proof that a new lock
 * must pass. They stand around every way to make a lock.
 */
@NullMarked
package dev.flakerelay.lock;

import org.jspecify.annotations.NullMarked;
