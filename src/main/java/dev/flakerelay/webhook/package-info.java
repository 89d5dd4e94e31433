/** Bytes of a delivery to jobs: signature, GitHub's events, routing. */
@NullMarked
package dev.flakerelay.webhook;

import org.jspecify.annotations.NullMarked;
