package dev.flakerelay.bench;

/**
 * How large a repository is.
 *
 * @param files how many files
 * @param bytes how many bytes each of them has
 * @param commits how many commits there are, each of one line
 */
record Size(int files, int bytes, int commits) {
  static final Size SMALL = new Size(100, 200, 20);
}
