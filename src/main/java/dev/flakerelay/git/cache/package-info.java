/** Bare repositories under the work folder: kept warm, never trusted, made anew if broken. */
@NullMarked
package dev.flakerelay.git.cache;

import org.jspecify.annotations.NullMarked;
