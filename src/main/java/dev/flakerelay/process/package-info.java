/** Scratch folders, and the processes that work in them. */
@NullMarked
package dev.flakerelay.process;

import org.jspecify.annotations.NullMarked;
