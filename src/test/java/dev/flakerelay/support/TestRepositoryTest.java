package dev.flakerelay.support;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.Revision;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestRepositoryTest {
  private static final Revision ELSEWHERE =
      new Revision("1111111111111111111111111111111111111111");

  @TempDir Path folder;

  @Test
  void everyKindOfEntryIsKeptOverTheNextCommit() {
    TestRepository repository = TestRepository.create(folder.resolve("a"));
    repository
        .write("sub/plain.txt", "text\n")
        .executable("run.sh", "#!/bin/sh\n")
        .symlink("link", "run.sh")
        .submodule("vendor/lib", "https://example.org/lib.git", ELSEWHERE)
        .commit("First");
    Revision second = repository.write("sub/plain.txt", "more\n").commit("Second\n\nWith a body.");

    assertThat(repository.tree(second))
        .hasEntrySatisfying("run.sh", entry -> assertThat(entry).startsWith("100755 "))
        .hasEntrySatisfying("link", entry -> assertThat(entry).startsWith("120000 "))
        .containsEntry("vendor/lib", "160000 " + ELSEWHERE)
        .containsOnlyKeys(".gitmodules", "link", "run.sh", "sub/plain.txt", "vendor/lib");
    assertThat(repository.show(second, "sub/plain.txt")).isEqualTo("more\n");
    assertThat(repository.log("main"))
        .extracting(TestRepository.Commit::message)
        .containsExactly("Second\n\nWith a body.", "First");
    assertThat(repository.log("main").getFirst().author()).isEqualTo("Test <test@example.org>");
  }

  @Test
  void theSameStepsGiveTheSameIds() {
    Revision one = TestRepository.create(folder.resolve("a")).write("f", "x").commit("First");
    Revision other = TestRepository.create(folder.resolve("b")).write("f", "x").commit("First");

    assertThat(one).isEqualTo(other);
  }

  @Test
  void bulkContentComesOnTopOfWhatIsThere() {
    TestRepository repository = TestRepository.create(folder.resolve("a")).write("f", "x");
    Revision first = repository.commit("First");

    Revision bulk = repository.commitBulk(250, "Bulk");
    Revision next = repository.write("g", "y").commit("Next");

    assertThat(repository.tree(bulk)).hasSize(251).containsKeys("f", "bulk/2/49.txt");
    assertThat(repository.log(bulk.hex()).getFirst().parents()).containsExactly(first);
    assertThat(repository.tree(next)).hasSize(252).containsAllEntriesOf(repository.tree(bulk));
    assertThat(repository.fullClone(folder.resolve("b")).directory().resolve("bulk/2/49.txt"))
        .hasContent("file 249");
  }
}
