package dev.flakerelay.bench;

/**
 * How much is measured.
 *
 * @param rounds of each pair
 * @param source the large source
 * @param target the large target; a hundredth of it is the small one
 * @param targets how many a storm is for
 * @param releases how many revisions are dispatched to each of them
 * @param storms how many storms there are
 */
record Effort(int rounds, Size source, Size target, int targets, int releases, int storms) {
  static final Effort FULL =
      new Effort(11, new Size(20_000, 2_500, 1), new Size(10_000, 200, 2_000), 50, 20, 10);

  /** Says nothing about speed, but that it can be measured. */
  static final Effort SMOKE =
      new Effort(1, new Size(2_000, 2_500, 1), new Size(1_000, 200, 200), 3, 2, 1);

  /** The size of an ordinary target. */
  Size smallTarget() {
    return new Size(target.files() / 100, target.bytes(), target.commits() / 100);
  }
}
