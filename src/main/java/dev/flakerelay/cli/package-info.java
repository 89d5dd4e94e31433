/**
 * The command line: {@code relay} and its commands, one class each, and what they show to people.
 */
@NullMarked
package dev.flakerelay.cli;

import org.jspecify.annotations.NullMarked;
