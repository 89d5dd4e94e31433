/** {@code relay app}: GitHub Apps. */
@NullMarked
package dev.flakerelay.cli.app;

import org.jspecify.annotations.NullMarked;
