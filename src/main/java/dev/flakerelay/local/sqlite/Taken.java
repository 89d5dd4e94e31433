package dev.flakerelay.local.sqlite;

import dev.flakerelay.queue.Message;
import java.util.List;

/**
 * What was received.
 *
 * @param messages in order
 * @param buried whether others became dead letters on that occasion
 */
record Taken(List<Message> messages, boolean buried) {}
