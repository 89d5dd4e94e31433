/** Compares locked revisions with source heads, and queues what lags. */
@NullMarked
package dev.flakerelay.reconcile;

import org.jspecify.annotations.NullMarked;
