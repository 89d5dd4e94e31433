/** The queue on Amazon SQS. */
@NullMarked
package dev.flakerelay.queue.sqs;

import org.jspecify.annotations.NullMarked;
