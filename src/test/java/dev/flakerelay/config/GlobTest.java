package dev.flakerelay.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The examples of "Filter pattern cheat sheet" in GitHub's documentation, and their edges. */
class GlobTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // for branches
        "feature/*              | feature/my-branch feature/your-branch | feature/a/b feature",
        "feature/**             | feature/beta-a/my-branch feature/your-branch | feature"
            + " x/feature/y",
        "main                   | main | main2 amain Main",
        "'*'                    | main releases | all/the/branches",
        "'**'                   | all/the/branches every/tag x | ",
        "'*feature'             | mona-feature feature ver-10-feature | a/feature features",
        "v2*                    | v2 v2.0 v2.9 | v1 v2/0",
        "v[12].[0-9]+.[0-9]+    | v1.10.1 v2.0.0 | v3.0.0 v1..1 v1.1 v1.1.x",
        // for paths
        "'*.jsx?'               | page.js page.jsx | page.jsxx a/page.js page.jx",
        "'*.js'                 | app.js index.js | js/app.js app.jsx",
        "'**.js'                | index.js js/index.js src/js/app.js | index.ts",
        "docs/*                 | docs/README.md docs/file.txt | docs/a/b xdocs/c docs",
        "docs/**                | docs/README.md docs/mona/octocat.txt | docs xdocs/a",
        "docs/**/*.md           | docs/README.md docs/mona/hello-world.md docs/a/markdown/file.md |"
            + " docs/a.txt xdocs/a.md docsa.md",
        "'**/docs/**'           | docs/hello.md dir/docs/my-file.txt space/docs/plan/space.doc |"
            + " mydocs/a docs",
        "'**/README.md'         | README.md js/README.md | README.mdx js/aREADME.md",
        "'**/*src/**'           | a/src/app.js my-src/code/js/app.js | src",
        "'**/*-post.md'         | my-post.md path/their-post.md | post.md",
        "'**/migrate-*.sql'     | migrate-10909.sql db/migrate-v1.0.sql | db/sept/migrate.sql",
        "[CB]at                 | Cat Bat | cat at CBat",
        "[1-2]00                | 100 200 | 300 00",
        // edges
        "a/**/b                 | a/b a/x/b a/x/y/b | ab a/xb a/x/yb",
        "'**/**/x'              | x a/x a/b/x | ax",
        "a**b                   | ab a/b axxb a/x/b | b a",
        "'\\*.md'               | '*.md' | a.md",
        "a\\?                   | a? | a b ab",
        "+x                     | x | ",
        "'.*'                   | .github .x | github",
        "é?ö                    | éö ö | eö",
        "a.b                    | a.b | axb",
        "(ab)$                  | (ab)$ | ab",
      },
      ignoreLeadingAndTrailingWhitespace = true)
  void fitsWhatGitHubSays(String pattern, String yes, String no) {
    if (pattern.startsWith("+")) {
      assertThatThrownBy(() -> new Glob(pattern)).isInstanceOf(IllegalArgumentException.class);
      return;
    }
    Glob glob = new Glob(pattern);
    for (String text : yes.split(" ", -1)) {
      assertThat(glob.matches(text)).as(text).isTrue();
    }
    for (String text : no == null ? List.<String>of() : List.of(no.split(" ", -1))) {
      assertThat(glob.matches(text)).as(text).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"?a", "+", "a??", "a+?", "a?+", "*?", "**+", "[", "[]", "a[b", "[b-a]", "a\\"})
  void refusesWhatMeansNothing(String pattern) {
    assertThatThrownBy(() -> new Glob(pattern))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("not a pattern: ");
  }

  /** A backtracking matcher would take years. */
  @Test
  void takesNoLongerForAPathThatIsMeantToTakeLong() {
    Glob glob = new Glob("**a".repeat(30) + "b");
    assertTimeoutPreemptively(
        Duration.ofMinutes(1), () -> assertThat(glob.matches("a".repeat(4_000))).isFalse());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "** !docs/**              | docs/a.md         | false",
        "** !docs/**              | docs/a.md src/x   | true",
        "!docs/** **              | docs/a.md         | true",
        "** !docs/** docs/api/**  | docs/api/x.md     | true",
        "** !docs/** docs/api/**  | docs/x.md         | false",
        "*.md !README.md README*  | README.md         | true",
        "*.md !README.md          | README.md hello.md | true",
        "src/**                   | a b c             | false",
        "src/**                   |                   | false",
      })
  void theLastPatternThatFitsAPathDecides(String patterns, String paths, boolean touched) {
    PathFilter filter = PathFilter.of(patterns.split(" ", -1));
    List<String> all = paths == null ? List.of() : List.of(paths.split(" ", -1));
    assertThat(filter.touchedBy(all)).isEqualTo(touched);
  }
}
