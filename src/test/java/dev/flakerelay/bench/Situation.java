package dev.flakerelay.bench;

import java.nio.file.Path;
import java.util.List;

/** Something that is measured. */
interface Situation {
  /** What it is called on the command line. */
  String name();

  /**
   * Measures it.
   *
   * @param folder an empty one
   */
  List<Row> measure(Path folder, Effort effort);

  /** The seconds that something takes. */
  static double seconds(Runnable work) {
    long begin = System.nanoTime();
    work.run();
    return (System.nanoTime() - begin) / 1e9;
  }
}
