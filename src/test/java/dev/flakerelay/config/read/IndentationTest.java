package dev.flakerelay.config.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.flakerelay.config.ConfigException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a wrong indentation is called: never an unknown key, and nothing of a parser's. */
class IndentationTest {
  private static final String RIGHT =
      """
      secrets:
        webhook: [env:A]
        git: env:B
      routes:
        one:
          when:
            - event: push
              repository: owner/source
              branch: main
          targets:
            - repository: https://example.org/target.git
              branch: main
              input: source
          publish: push
        two:
          when: [{ event: release, repository: owner/source }]
          targets: [{ repository: "file:///t", branch: main, input: source }]
      network:
        allow: [github.com]
      """;

  @TempDir Path folder;

  private List<String> problems(String yaml) throws IOException {
    Path file = Files.writeString(folder.resolve("relay.yaml"), yaml);
    ConfigException e = catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(file));
    assertThat(e).as("the file must be refused:%n%s", yaml).isNotNull();
    return e.problems().stream().map(problem -> problem.place() + ": " + problem).toList();
  }

  private static String changed(int line, String by) {
    List<String> lines = RIGHT.lines().toList();
    String old = lines.get(line - 1);
    String moved =
        switch (by) {
          case "tab" -> old.replaceFirst(" {2}", "\t");
          case "right" -> "  " + old;
          case "left" -> old.substring(2);
          case "left 1" -> old.substring(1);
          case "right 1" -> " " + old;
          default -> by;
        };
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < lines.size(); i++) {
      text.append(i == line - 1 ? moved : lines.get(i)).append('\n');
    }
    return text.toString();
  }

  /** Each line of a right file in each wrong column: a mistake is told where it is, and as what. */
  @ParameterizedTest
  @CsvSource({
    "tab, 2 3 5 6 7 8 9 10 11 12 13 14 15 16 17 19",
    "right, 3 8 9 12 13 14",
    "right 1, 3 8 9 12 13 14",
    "left, 3 8 9 12 13 14 15",
    "left 1, 3 8 9 12 13 14"
  })
  void aLineInTheWrongColumn(String by, String numbers) throws IOException {
    for (String number : numbers.split(" ", -1)) {
      int line = Integer.parseInt(number);
      List<String> problems = problems(changed(line, by));
      assertThat(problems.getFirst())
          .as("line %s %s: %s", line, by, problems)
          .startsWith(line + ":")
          .contains("wrong indentation: ");
      assertThat(problems)
          .allSatisfy(
              problem ->
                  assertThat(problem)
                      .as("line %s %s", line, by)
                      .doesNotContain("unknown key", "not valid YAML", "<", "missing"));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'routes:\nx:\n  when: [a]'                         | x       | what belongs to routes stands further right than routes
          'secrets:\nwebhook: [env:A]\ngit: env:B'           | webhook | what belongs to secrets stands further right than secrets
          'routes:\n  x:\n  when: [a]\n  targets: [b]'       | routes.when | what belongs to x stands further right than x
          'secrets:\n  webhook: [env:A]\n  routes: { }'      | secrets.routes | routes belongs to the file as a whole: write it in column 1
          """)
  void whatBelongsElsewhereIsToldSo(String yaml, String path, String advice) throws IOException {
    assertThat(problems(yaml.replace("\\n", "\n")))
        .anyMatch(line -> line.contains(": " + path + ": wrong indentation: " + advice))
        .noneMatch(line -> line.contains("unknown key"));
  }

  @Test
  void aRouteInAnotherRouteIsToldWhereItBelongs() throws IOException {
    String nested = RIGHT.replace("  two:", "    two:").replace("    when: [", "      when: [");
    nested = nested.replace("    targets: [", "      targets: [");
    assertThat(problems(nested))
        .containsExactly(
            "15:5: routes.one.two: wrong indentation: two belongs to routes: write it in column 3");
    String outside = RIGHT.replace("  two:", "two:").replace("    when: [", "  when: [");
    outside = outside.replace("    targets: [", "  targets: [");
    assertThat(problems(outside))
        .containsExactly(
            "15:1: two: wrong indentation: two belongs to routes: write it in column 3");
  }

  @Test
  void aSectionOfTheFileInTheRoutesIsNoRoute() throws IOException {
    String nested = RIGHT.replace("network:", "  network:").replace("  allow:", "    allow:");
    assertThat(problems(nested))
        .containsExactly(
            "18:3: routes.network: wrong indentation: network belongs to the file:"
                + " write it in column 1");
  }

  @Test
  void allTabsAreToldAtOnce() throws IOException {
    assertThat(problems(RIGHT.replaceAll("(?m)^ {4}", "\t")))
        .containsExactly(
            "6:1: wrong indentation: this line begins with a tab, as 10 below it:"
                + " YAML takes spaces only");
  }

  /** A tab in a text of several lines is that text's. */
  @Test
  void aTabInAMessageIsNone() throws Exception {
    String message = "    commit:\n      message: |\n        bump {input}\n\n        \tx\n";
    Path file = folder.resolve("relay.yaml");
    Files.writeString(file, RIGHT.replace("    publish: push\n", message));
    assertThat(ConfigReader.read(file).routes()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'a: x: y'              | 1:5: a value with `: ` in it: put it in quotes
          'a: [1\nb: 2'          | 2:2: the [ in line 1 has no ] where it ends
          'a: { b: 1\nc: 2\n'    | 2:2: the { in line 1 has no } where it ends
          'a: "x\nb: 2'          | 1:4: a quote that is opened here and never closed
          'a: "x\\q"'            | 1:7: a backslash in double quotes: write single quotes around it
          'a: @x'                | 1:4: a value can't begin with this character: put it in quotes
          'a:\n  b\n  c: 1'      | 2:3: a key without a colon: write it as `key: value`
          'a: "x" y'             | 1:8: something follows a value in its line: put all of it in quotes
          """)
  void whatTheParserSaysIsSaidPlainly(String yaml, String problem) throws IOException {
    assertThat(problems(yaml.replace("\\n", "\n"))).singleElement().asString().isEqualTo(problem);
  }
}
