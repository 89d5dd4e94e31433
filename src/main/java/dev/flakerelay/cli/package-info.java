/**
 * The command line: {@code relay demo}, {@code serve}, {@code update}, {@code retry}, {@code send},
 * {@code check}, {@code verify}.
 */
@NullMarked
package dev.flakerelay.cli;

import org.jspecify.annotations.NullMarked;
