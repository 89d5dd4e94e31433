/** What a running relay is at, for the status page, the metrics and {@code relay status}. */
@NullMarked
package dev.flakerelay.local.status;

import org.jspecify.annotations.NullMarked;
