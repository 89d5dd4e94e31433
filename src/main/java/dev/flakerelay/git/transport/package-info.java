/**
 * Connections to Git servers: what they may send, where they may redirect to, how long they may
 * take.
 */
@NullMarked
package dev.flakerelay.git.transport;

import org.jspecify.annotations.NullMarked;
