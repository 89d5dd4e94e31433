package dev.flakerelay.local.sqlite;

import dev.flakerelay.queue.Message;
import java.util.List;
import java.util.OptionalLong;

/**
 * What was received.
 *
 * @param messages in order
 * @param buried whether others became dead letters on that occasion
 * @param nextVisible if nothing was received: when the next hidden message becomes visible
 */
record Taken(List<Message> messages, boolean buried, OptionalLong nextVisible) {}
