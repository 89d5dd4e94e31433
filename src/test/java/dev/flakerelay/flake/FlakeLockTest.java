package dev.flakerelay.flake;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import dev.flakerelay.SourceBranch;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FlakeLockTest {
  private static final Revision REVISION = new Revision("a".repeat(40));

  private static FlakeLock lock(String root, String nodes) throws PermanentException {
    return parse(
        "{'version': 7, 'root': 'root', 'nodes': {'root': {'inputs': {"
            + root
            + "}}"
            + (nodes.isEmpty() ? "" : ", " + nodes)
            + "}}");
  }

  private static FlakeLock parse(String text) throws PermanentException {
    return FlakeLock.parse(text.replace('\'', '"').getBytes(StandardCharsets.UTF_8));
  }

  private static boolean isSame(String input, FlakeLock one, FlakeLock other) {
    return one.difference(List.of(input), other).isEmpty();
  }

  private static LockedInput input(String original) throws PermanentException {
    return lock("'app': 'n'", "'n': {'original': {" + original + "}}").input("app");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "7",
        "[]",
        "{",
        "{}",
        "{'version': 4, 'root': 'root', 'nodes': {'root': {}}}",
        "{'version': 8, 'root': 'root', 'nodes': {'root': {}}}",
        "{'version': '7', 'root': [], 'nodes': {'root': {}}}",
        "{'version': 7, 'root': 'other', 'nodes': {'root': {}}}",
        "{'version': 7, 'root': 'root'}",
        "{'version': 7, 'root': 'root', 'nodes': []}",
        "{'version': 7, 'root': 'root', 'nodes': {'root': {'inputs': {'a': 'missing'}}}}",
        "{'version': 7, 'root': 'root', 'nodes': {'root': {'inputs': {'a': 1}}}}",
        "{'version': 7, 'root': 'root', 'nodes': {'root': {'inputs': {'a': {}}}}}"
      })
  void whatIsNoLockFileIsRefused(String text) {
    assertThatExceptionOfType(PermanentException.class)
        .isThrownBy(() -> parse(text))
        .withMessageContaining("flake.lock");
  }

  @Test
  void aLockFileNestedWithoutEndIsRefused() {
    assertThatExceptionOfType(PermanentException.class)
        .isThrownBy(() -> parse("[".repeat(1_000_000)));
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 6, 7})
  void knownVersionsAreRead(int version) throws Exception {
    FlakeLock lock =
        parse("{'version': " + version + ", 'root': 'r', 'nodes': {'r': {'inputs': {}}}}");

    assertThat(lock.version()).isEqualTo(version);
    assertThat(lock.inputs()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'type':'github','owner':'o','repo':'r'|github:o/r/REV",
        "'type':'github','owner':'o','repo':'r','ref':'main'|github:o/r/REV",
        "'type':'github','owner':'o','repo':'r','host':'g.org'|github:o/r/REV?host=g.org",
        "'type':'github','owner':'o','repo':'r','dir':'a b'|github:o/r/REV?dir=a%20b",
        "'type':'gitlab','owner':'g%2Fs','repo':'r'|gitlab:g%252Fs/r/REV",
        "'type':'gitlab','owner':'g/s','repo':'r'|gitlab:g%2Fs/r/REV",
        "'type':'sourcehut','owner':'~o','repo':'r'|sourcehut:~o/r/REV",
        "'type':'git','url':'https://h/r'|git+https://h/r?rev=REV",
        "'type':'git','url':'https://h/r?x=1'|git+https://h/r?x=1&rev=REV",
        "'type':'git','url':'file:///r','ref':'a/b','dir':'d'|git+file:///r?ref=a/b&dir=d&rev=REV",
        "'type':'git','url':'ssh://g@h/r','submodules':true,'shallow':false"
            + "|git+ssh://g@h/r?submodules=1&shallow=0&rev=REV"
      })
  void aReferenceNamesTheRevisionAndKeepsTheRest(String original, String reference)
      throws Exception {
    // JUnit takes single quotes for its own.
    assertThat(input(original.replace('"', '\'')).at(REVISION))
        .isEqualTo(reference.replace("REV", REVISION.hex()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'type':'github','owner':'o','repo':'r'|https://github.com/o/r.git|",
        "'type':'github','owner':'o','repo':'r','ref':'dev'|https://github.com/o/r.git|dev",
        "'type':'gitlab','owner':'g%2Fs','repo':'r'|https://gitlab.com/g/s/r.git|",
        "'type':'sourcehut','owner':'~o','repo':'r','host':'h.org'|https://h.org/~o/r|",
        "'type':'git','url':'https://h/r','ref':'refs/heads/x'|https://h/r|x"
      })
  void aReferenceLeadsToABranch(String original, String url, String branch) throws Exception {
    assertThat(input(original).branch())
        .isEqualTo(new SourceBranch(url, Optional.ofNullable(branch)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'type':'path','path':'/x'",
        "'type':'tarball','url':'https://h/x.tar.gz'",
        "'type':'file','url':'https://h/x'",
        "'type':'hg','url':'https://h/x'",
        "'type':'github','owner':'o'",
        "'type':'git'",
        "'type':'github','owner':'o','repo':'r','rev':'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa'",
        "'owner':'o','repo':'r'"
      })
  void aReferenceThatCanNotNameARevisionIsRefused(String original) throws Exception {
    LockedInput input = input(original);

    assertThatExceptionOfType(PermanentException.class)
        .isThrownBy(() -> input.at(REVISION))
        .withMessageContaining("`app`");
    assertThatExceptionOfType(PermanentException.class).isThrownBy(input::branch);
  }

  @Test
  void anIndirectReferenceIsWhatItBecame() throws Exception {
    LockedInput input =
        lock(
                "'nixpkgs': 'n'",
                "'n': {'original': {'type': 'indirect', 'id': 'nixpkgs'},"
                    + "'locked': {'type': 'github', 'owner': 'NixOS', 'repo': 'nixpkgs'}}")
            .input("nixpkgs");

    assertThat(input.at(REVISION)).isEqualTo("github:NixOS/nixpkgs/" + REVISION);
  }

  /** Its commits were looked for on the default branch once. */
  @Test
  void anIndirectReferenceKeepsItsOwnBranch() throws Exception {
    String github = "'locked': {'type': 'github', 'owner': 'a', 'repo': 'b'}}";
    String own = "'n': {'original': {'type': 'indirect', 'id': 'app', 'ref': 'stable'},";
    String none = "'n': {'original': {'type': 'indirect', 'id': 'app'},";

    assertThat(lock("'app': 'n'", own + github).input("app").branch())
        .isEqualTo(new SourceBranch("https://github.com/a/b.git", Optional.of("stable")));
    assertThatExceptionOfType(PermanentException.class)
        .isThrownBy(() -> lock("'app': 'n'", none + github).input("app").branch())
        .withMessageContaining("from a registry, and only that knows the branch")
        .withMessageContaining("name it as the route's `source`");
  }

  @ParameterizedTest
  @CsvSource({"HEAD, ''", "main, main", "refs/heads/a/b, a/b", "refs/tags/v1, refs/tags/v1"})
  void aReferenceNamesABranchOrTheDefaultOne(String ref, String branch) throws Exception {
    LockedInput input = input("'type': 'git', 'url': 'https://h/r', 'ref': '" + ref + "'");

    assertThat(input.branch().branch().orElse("")).isEqualTo(branch);
  }

  @ParameterizedTest
  @CsvSource({
    "tarball, an archive that is downloaded from a URL",
    "file, a file that is downloaded from a URL",
    "path, a folder"
  })
  void whatHasNoGitRepositoryBehindItIsToldInAUsersWords(String type, String words)
      throws Exception {
    LockedInput input = input("'type': '" + type + "', 'url': 'https://h/x.tar.gz'");

    for (ThrowingCallable use :
        new ThrowingCallable[] {() -> input.at(REVISION), () -> input.branch()}) {
      assertThatExceptionOfType(PermanentException.class)
          .isThrownBy(use)
          .withMessageContaining("the input `app` is of type " + type + ", " + words)
          .withMessageContaining("write github:, gitlab:, sourcehut: or git+https:// in flake.nix");
    }
  }

  @Test
  void namesOfNodesMeanNothing() throws Exception {
    FlakeLock one =
        lock("'a': 'x'", "'x': {'locked': {'rev': '1'}, 'inputs': {'b': 'y'}}, 'y': {'f': 1}");
    FlakeLock two =
        lock("'a': 'y'", "'y': {'inputs': {'b': 'x_2'}, 'locked': {'rev': '1'}}, 'x_2': {'f': 1}");

    assertThat(isSame("a", one, two)).isTrue();
    assertThat(isSame("a", two, one)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "'x': {'locked': {'rev': '2'}, 'inputs': {'b': 'y'}}, 'y': {'f': 1}",
        "'x': {'locked': {'rev': '1'}, 'inputs': {'b': 'y'}}, 'y': {'f': 2}",
        "'x': {'locked': {'rev': '1'}, 'inputs': {'c': 'y'}}, 'y': {'f': 1}",
        "'x': {'locked': {'rev': '1'}, 'inputs': {'b': ['a']}}, 'y': {'f': 1}",
        "'x': {'locked': {'rev': '1'}, 'inputs': {}}, 'y': {'f': 1}",
        "'x': {'locked': {'rev': '1'}, 'inputs': {'b': 'y'}, 'flake': false}, 'y': {'f': 1}"
      })
  void anyDifferenceBelowAnInputIsSeen(String nodes) throws Exception {
    FlakeLock before =
        lock("'a': 'x'", "'x': {'locked': {'rev': '1'}, 'inputs': {'b': 'y'}}, 'y': {'f': 1}");

    assertThat(isSame("a", before, lock("'a': 'x'", nodes))).isFalse();
  }

  @Test
  void followsAreComparedByTheirPaths() throws Exception {
    FlakeLock before = lock("'a': ['b', 'c'], 'b': 'n'", "'n': {}");

    assertThat(isSame("a", before, lock("'a': ['b', 'c'], 'b': 'm'", "'m': {}"))).isTrue();
    assertThat(isSame("a", before, lock("'a': ['b'], 'b': 'm'", "'m': {}"))).isFalse();
    assertThat(isSame("a", before, lock("'a': 'm', 'b': 'm'", "'m': {}"))).isFalse();
    assertThat(isSame("b", before, lock("'a': 'm'", "'m': {}"))).isFalse();
    assertThat(isSame("nowhere", before, before)).isTrue();
  }

  @Test
  void aGraphWithACycleIsCompared() throws Exception {
    FlakeLock lock = lock("'a': 'x'", "'x': {'inputs': {'y': 'y'}}, 'y': {'inputs': {'x': 'x'}}");

    assertThat(isSame("a", lock, lock)).isTrue();
  }

  @Test
  void aChainAsLongAsIsReadIsCompared() throws Exception {
    StringBuilder nodes = new StringBuilder();
    for (int i = 0; i < 19_000; i++) {
      nodes.append("'n").append(i).append("': {'inputs': {'a': 'n").append(i + 1).append("'}},");
    }
    FlakeLock lock = lock("'a': 'n0'", nodes + "'n19000': {}");

    assertThat(isSame("a", lock, lock)).isTrue();
  }

  @Test
  void sharedNodesAreComparedOnceHoweverManyPathsLeadToThem() throws Exception {
    StringBuilder nodes = new StringBuilder();
    for (int i = 0; i < 5_000; i++) {
      String next = "'n" + (i + 1) + "'";
      nodes.append("'n" + i + "': {'inputs': {'a': " + next + ", 'b': " + next + "}},");
    }
    String root = "'a': 'n0', 'b': 'n1', 'c': 'n2'";
    FlakeLock one = lock(root, nodes + "'n5000': {}");
    FlakeLock other = lock(root, nodes + "'n5000': {'locked': {'rev': '2'}}");

    assertThat(one.difference(List.of("a", "b", "c"), one)).isEmpty();
    assertThat(one.difference(List.of("a", "b", "c"), other))
        .hasValueSatisfying(found -> assertThat(found.path()).startsWith("a"));
    assertThat(one.otherFollows("a", other)).isEmpty();
  }

  /** Walked side by side they would meet in nearly a hundred million pairs. */
  @Test
  void circlesOfDifferentLengthsAreCompared() throws Exception {
    FlakeLock one = circle(9_973);
    FlakeLock other = circle(9_967);

    assertThat(isSame("a", one, other)).isTrue();
    assertThatExceptionOfType(PermanentException.class)
        .isThrownBy(() -> one.otherFollows("a", other))
        .withMessageContaining("too differently");
  }

  private static FlakeLock circle(int length) throws PermanentException {
    StringBuilder nodes = new StringBuilder("'n0': {'inputs': {'a': 'n1'}}");
    for (int i = 1; i < length; i++) {
      nodes.append(", 'n" + i + "': {'inputs': {'a': 'n" + (i + 1) % length + "'}}");
    }
    return lock("'a': 'n0'", nodes.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'version': 7, 'root': 'a', 'root': 'b', 'nodes': {'a': {}, 'b': {}}}",
        "{'version': 7, 'root': 'a', 'nodes': {'a': {}, 'a': {'inputs': {}}}}"
      })
  void aKeyTwiceIsRefused(String text) {
    assertThatExceptionOfType(PermanentException.class)
        .isThrownBy(() -> parse(text))
        .withMessageContaining("flake.lock");
  }

  @Test
  void aRootThatLeadsToItselfIsCompared() throws Exception {
    FlakeLock lock = parse("{'version': 7, 'root': 'r', 'nodes': {'r': {'inputs': {'a': 'r'}}}}");

    assertThat(isSame("a", lock, lock)).isTrue();
    assertThat(lock.otherFollows("a", lock)).isEmpty();
  }
}
