/** Measures how long updates take, beside something real in the same run: see {@code bench/run}. */
@NullMarked
package dev.flakerelay.bench;

import org.jspecify.annotations.NullMarked;
