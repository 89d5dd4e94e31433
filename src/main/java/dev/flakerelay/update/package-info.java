/** The core: jobs of one target become outcomes. */
@NullMarked
package dev.flakerelay.update;

import org.jspecify.annotations.NullMarked;
