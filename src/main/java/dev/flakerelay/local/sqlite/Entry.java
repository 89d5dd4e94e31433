package dev.flakerelay.local.sqlite;

/** What is sent to a queue: any text. */
record Entry(String group, String deduplicationId, String body) {}
