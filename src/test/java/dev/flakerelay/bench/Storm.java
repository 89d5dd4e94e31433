package dev.flakerelay.bench;

import dev.flakerelay.Revision;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Many deliveries at once, beside the script in a loop, of which a few runs are measured. */
record Storm() implements Situation {
  private static final int SCRIPT_RUNS = 3;

  @Override
  public String name() {
    return "storm";
  }

  @Override
  public List<Row> measure(Path folder, Effort effort) {
    Sample sample = new Sample();
    int deliveries = effort.targets() * effort.releases();
    try (Stage stage = new Stage(folder, Size.SMALL)) {
      List<Integer> targets = stage.targets(effort.targets(), effort.smallTarget());
      int other = stage.targets(1, effort.smallTarget()).getFirst();
      Script script = new Script(stage);
      try (WarmRelay relay = new WarmRelay(stage)) {
        for (int i = 0; i < effort.storms(); i++) {
          List<Revision> revisions = new ArrayList<>();
          for (int j = 0; j < effort.releases(); j++) {
            revisions.add(stage.release());
          }
          Revision last = revisions.getLast();
          double loop = 0;
          List<Revision> scripted = revisions.subList(0, Math.min(SCRIPT_RUNS, revisions.size()));
          for (Revision each : scripted) {
            loop += Situation.seconds(() -> script.run(other, each)) / scripted.size();
          }
          long before = relay.outcomes();
          double storm =
              Situation.seconds(
                  () -> {
                    for (Revision revision : revisions) {
                      targets.forEach(target -> relay.dispatch(target, revision));
                    }
                    relay.await(
                        () -> relay.outcomes() - before >= deliveries, Duration.ofMillis(20));
                  });
          targets.forEach(
              target -> {
                if (!stage.locks(target, last)) {
                  throw new IllegalStateException("lost: " + last + " in " + Stage.url(target));
                }
              });
          sample.add(storm / deliveries, loop);
        }
      }
    }
    String what =
        "%,d deliveries over %d targets, per delivery; none lost"
            .formatted(deliveries, effort.targets());
    return List.of(Row.of(name(), what, "s", sample, 1 / 15.0));
  }
}
