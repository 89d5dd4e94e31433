package dev.flakerelay.local.sqlite;

/** Which queue of the one table a message is in. */
enum Box {
  /** The queue itself: received by group. */
  QUEUE(0),
  /** Its dead letters: nobody works on them group by group, so a hidden one blocks no other. */
  DEAD_LETTERS(1),
  /** What is written only to see whether it can be. */
  PROBE(2);

  private final int number;

  Box(int number) {
    this.number = number;
  }

  /** As the table has it. */
  int number() {
    return number;
  }
}
