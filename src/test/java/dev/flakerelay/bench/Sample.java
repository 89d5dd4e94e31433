package dev.flakerelay.bench;

import java.util.ArrayList;
import java.util.List;

/** What two ways took, round by round. */
final class Sample {
  private final List<Double> ours = new ArrayList<>();
  private final List<Double> beside = new ArrayList<>();

  /** One round, in any unit. */
  void add(double our, double other) {
    ours.add(our);
    beside.add(other);
  }

  double ours() {
    return quantile(ours, 0.5);
  }

  double beside() {
    return quantile(beside, 0.5);
  }

  /** The medians' ratio. */
  double ratio() {
    return ours() / beside();
  }

  /** The quartiles of the rounds' ratios: half of them lie between these. */
  double[] spread() {
    List<Double> ratios = new ArrayList<>();
    for (int i = 0; i < ours.size(); i++) {
      ratios.add(ours.get(i) / beside.get(i));
    }
    return new double[] {quantile(ratios, 0.25), quantile(ratios, 0.75)};
  }

  int rounds() {
    return ours.size();
  }

  private static double quantile(List<Double> values, double share) {
    List<Double> sorted = values.stream().sorted().toList();
    double at = share * (sorted.size() - 1);
    int below = (int) at;
    double rest = at - below;
    return rest == 0
        ? sorted.get(below)
        : sorted.get(below) * (1 - rest) + sorted.get(below + 1) * rest;
  }
}
