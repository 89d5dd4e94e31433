package dev.flakerelay.bench;

import dev.flakerelay.Revision;
import java.nio.file.Path;
import java.util.List;

/** {@code relay update}, a new process each time, beside the script. */
record Command() implements Situation {
  @Override
  public String name() {
    return "command";
  }

  @Override
  public List<Row> measure(Path folder, Effort effort) {
    Sample sample = new Sample();
    try (Stage stage = new Stage(folder, Size.SMALL)) {
      int our = stage.targets(1, effort.smallTarget()).getFirst();
      int other = stage.targets(1, effort.smallTarget()).getFirst();
      Script script = new Script(stage);
      String config = stage.config().toString();
      for (int i = 0; i <= effort.rounds(); i++) {
        String sha = stage.release().hex();
        double mine =
            Situation.seconds(
                () ->
                    stage
                        .program()
                        .run("update", "t" + our, "--sha", sha, "--config", config)
                        .succeeded());
        double theirs = Situation.seconds(() -> script.run(other, new Revision(sha)));
        if (i > 0) {
          sample.add(mine, theirs);
        }
      }
    }
    return List.of(Row.of(name(), "`relay update`, a new process each time", "s", sample, 1));
  }
}
