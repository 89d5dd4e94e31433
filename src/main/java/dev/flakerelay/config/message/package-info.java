/** The message of a commit: its template, what may stand in it, and its trailers. */
@NullMarked
package dev.flakerelay.config.message;

import org.jspecify.annotations.NullMarked;
