/** What became of a job, and who hears of it. */
@NullMarked
package dev.flakerelay.outcome;

import org.jspecify.annotations.NullMarked;
