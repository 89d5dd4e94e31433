/** The event log, and strangers' text made safe to show. */
@NullMarked
package dev.flakerelay.log;

import org.jspecify.annotations.NullMarked;
