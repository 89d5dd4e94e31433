/** Options that several commands have, and what they open. */
@NullMarked
package dev.flakerelay.cli.option;

import org.jspecify.annotations.NullMarked;
