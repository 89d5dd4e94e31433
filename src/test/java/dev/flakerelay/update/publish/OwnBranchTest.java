package dev.flakerelay.update.publish;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import dev.flakerelay.config.TargetRef;
import dev.flakerelay.queue.Job;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.eclipse.jgit.lib.Repository;
import org.junit.jupiter.api.Test;

class OwnBranchTest {
  private static final List<String> MANY =
      IntStream.range(0, 200).mapToObj(number -> "input-" + number).toList();

  private static String name(String branch, String directory, List<String> inputs) {
    return OwnBranch.name(
        new Job(
            "route",
            new TargetRef("https://github.com/acme/target.git", branch, directory),
            inputs.getFirst(),
            Job.Wanted.commit(new Revision("1".repeat(40))),
            Job.Request.by(Job.Cause.DELIVERY, Instant.EPOCH),
            1),
        inputs);
  }

  @Test
  void theUsualNameIsTheInputs() {
    assertThat(name("main", ".", List.of("nixfleet"))).isEqualTo("flake-relay/nixfleet");
    assertThat(name("main", ".", List.of("a", "b"))).isEqualTo("flake-relay/a+b");
  }

  @Test
  void everyNameIsValidAndNobodyElses() {
    Set<String> names = new HashSet<>();
    int combinations = 0;
    for (String branch : List.of("main", "master", "release/25.05", "release")) {
      for (String directory : List.of(".", "hosts/a", "hosts")) {
        for (List<String> inputs :
            List.of(List.of("a"), List.of("a", "b"), List.of("b"), List.of("a-b"), MANY)) {
          String name = name(branch, directory, inputs);
          assertThat(name).isEqualTo(name(branch, directory, inputs)).hasSizeLessThan(120);
          assertThat(Repository.isValidRefName("refs/heads/" + name)).as(name).isTrue();
          assertThat(name.substring("flake-relay/".length())).doesNotContain("/");
          names.add(name);
          combinations++;
        }
      }
    }
    assertThat(names).hasSize(combinations);
  }
}
