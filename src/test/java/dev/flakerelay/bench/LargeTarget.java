package dev.flakerelay.bench;

import dev.flakerelay.Revision;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A target with 100 times as many files and commits, beside a small one. */
record LargeTarget() implements Situation {
  private static final int WARM_UP = 2;
  private static final double GOAL = 1.2;

  @Override
  public String name() {
    return "large-target";
  }

  @Override
  public List<Row> measure(Path folder, Effort effort) {
    int all = effort.rounds() + WARM_UP;
    Measure first = new Measure("a target with 100 × more files and history, seen first");
    Measure known = new Measure("a target with 100 × more files and history, known");
    try (Stage stage = new Stage(folder, Size.SMALL)) {
      List<Integer> large = stage.targets(all, effort.target());
      List<Integer> small = stage.targets(all, effort.smallTarget());
      try (WarmRelay relay = new WarmRelay(stage)) {
        for (int i = 0; i < all; i++) {
          for (Measure measure : List.of(first, known)) {
            Revision revision = stage.release();
            List<Integer> order = new ArrayList<>(List.of(large.get(i), small.get(i)));
            double[] seconds = new double[2];
            double[] bytes = new double[2];
            for (int j = 0; j < 2; j++) {
              int which = (i + j) % 2;
              long sent = stage.forge().bytesSent();
              seconds[which] = Situation.seconds(() -> relay.update(order.get(which), revision));
              bytes[which] = stage.forge().bytesSent() - sent;
            }
            if (i >= WARM_UP) {
              measure.time.add(seconds[0], seconds[1]);
              measure.bytes.add(bytes[0], bytes[1]);
            }
          }
        }
      }
    }
    return List.of(
        Row.of(name(), first.what + ": time", "s", first.time, GOAL),
        Row.of(name(), first.what + ": bytes", "bytes", first.bytes, GOAL),
        Row.of(name(), known.what + ": time", "s", known.time, GOAL),
        Row.of(name(), known.what + ": bytes", "bytes", known.bytes, GOAL));
  }

  private static final class Measure {
    private final String what;
    private final Sample time = new Sample();
    private final Sample bytes = new Sample();

    Measure(String what) {
      this.what = what;
    }
  }
}
