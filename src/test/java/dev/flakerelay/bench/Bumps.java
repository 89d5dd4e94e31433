package dev.flakerelay.bench;

import dev.flakerelay.Revision;
import java.nio.file.Path;
import java.util.List;

/**
 * One update after the other, each beside the script's. The two ways have targets of their own,
 * with the same files, and take turns in being first.
 *
 * @param name its name
 * @param what what the row says
 * @param goal the ratio to be reached
 * @param isLarge whether the source is
 * @param isFirst whether each update is of a target that was not seen before
 */
record Bumps(String name, String what, double goal, boolean isLarge, boolean isFirst)
    implements Situation {
  private static final int WARM_UP = 2;

  @Override
  public List<Row> measure(Path folder, Effort effort) {
    int all = effort.rounds() + WARM_UP;
    Sample sample = new Sample();
    try (Stage stage = new Stage(folder, isLarge ? effort.source() : Size.SMALL)) {
      List<Integer> ours = stage.targets(isFirst ? all : 1, effort.smallTarget());
      List<Integer> others = stage.targets(isFirst ? all : 1, effort.smallTarget());
      Script script = new Script(stage);
      try (WarmRelay relay = new WarmRelay(stage)) {
        for (int i = 0; i < all; i++) {
          Revision revision = stage.release();
          int our = ours.get(isFirst ? i : 0);
          int other = others.get(isFirst ? i : 0);
          double early = i % 2 == 0 ? 0 : Situation.seconds(() -> script.run(other, revision));
          double mine = Situation.seconds(() -> relay.update(our, revision));
          double late = i % 2 != 0 ? 0 : Situation.seconds(() -> script.run(other, revision));
          if (!stage.locks(our, revision) || !stage.locks(other, revision)) {
            throw new IllegalStateException(revision + " is not locked: " + relay.lastOutcome());
          }
          if (i >= WARM_UP) {
            sample.add(mine, early + late);
          }
        }
      }
    }
    return List.of(Row.of(name, what, "s", sample, goal));
  }
}
