package dev.flakerelay.local.sqlite;

import java.util.List;

/**
 * What a database file holds.
 *
 * @param file its name
 * @param name what people call it
 * @param loss what is lost with it
 * @param version the form of its tables; a file has its own as {@code user_version}
 * @param create makes the tables in a new file, and sets the version
 * @param additions make what was added since, if it is missing
 */
record Schema(
    String file,
    String name,
    String loss,
    int version,
    Database.Work<Integer> create,
    List<Database.Work<Integer>> additions) {
  /** Messages, and what is remembered of them. */
  static final Schema QUEUE =
      new Schema(
          "queue.db",
          "the queue",
          "the jobs in it have to be sent again",
          Tables.VERSION,
          Tables::create,
          List.of(Tables::index, TakenBodies::create));

  /** Outcomes, and what targets lock. */
  static final Schema JOURNAL =
      new Schema(
          "journal.db",
          "the journal",
          "the counters and the status page begin anew",
          JournalTables.VERSION,
          JournalTables::create,
          List.of());
}
