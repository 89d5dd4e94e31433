/** Jobs, and the durable FIFO queue between intake and update. */
@NullMarked
package dev.flakerelay.queue;

import org.jspecify.annotations.NullMarked;
