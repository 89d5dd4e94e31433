/** The command line. */
@NullMarked
package dev.flakerelay.cli;

import org.jspecify.annotations.NullMarked;
