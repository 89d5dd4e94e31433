/** {@code relay demo}. */
@NullMarked
package dev.flakerelay.cli.demo;

import org.jspecify.annotations.NullMarked;
