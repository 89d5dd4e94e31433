package dev.flakerelay.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.flakerelay.config.Config;
import dev.flakerelay.config.ConfigException;
import dev.flakerelay.config.message.Placeholder;
import dev.flakerelay.config.read.ConfigReader;
import dev.flakerelay.outcome.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What the documentation says of the program is so. */
class DocsTest {
  private static final Pattern FENCE =
      Pattern.compile("^```(\\w*)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("^#+ (.+)$", Pattern.MULTILINE);
  private static final Pattern COMMAND =
      Pattern.compile("(?:^|[ =/])(?:\\./)?relay ((?:[a-z]+|--version)(?: .*)?)$");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final Pattern LOGGED =
      Pattern.compile("\\b(?:log|events)\\.(?:info|warn|error)\\(\\s*\"([^\"]+)\"");

  @TempDir Path folder;

  static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.list(Path.of("docs"))) {
      return Stream.concat(
              Stream.of("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "events/README.md")
                  .map(Path::of),
              docs.filter(page -> page.toString().endsWith(".md")))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyRelativeLinkLeadsToAFileAndAHeading(Path page) throws IOException {
    for (MatchResult link : all(LINK, withoutBlocks(page))) {
      String to = link.group(1);
      if (to.startsWith("https://")) {
        continue;
      }
      String path = to.replaceFirst("#.*", "");
      Path target = path.isEmpty() ? page : page.resolveSibling(path).normalize();
      assertThat(target).as("%s links to %s", page, to).exists();
      if (to.contains("#")) {
        assertThat(anchors(target)).as("%s links to %s", page, to).contains(to.split("#", 2)[1]);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyCommandLineIsOneThatTheProgramTakes(Path page) throws IOException {
    for (String command : commands(page)) {
      assertThatCode(() -> new CommandLine(new Main()).parseArgs(command.split(" ")))
          .as("%s: relay %s", page, command)
          .doesNotThrowAnyException();
    }
  }

  @Test
  void commandLinesAreFoundAtAll() throws IOException {
    assertThat(commands(Path.of("README.md"))).hasSizeGreaterThanOrEqualTo(3);
    assertThat(commands(Path.of("docs/setup.md"))).hasSizeGreaterThanOrEqualTo(5);
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyConfigurationIsRight(Path page) throws IOException, ConfigException {
    for (MatchResult block : all(FENCE, Files.readString(page))) {
      String yaml = block.group(2);
      if (!block.group(1).equals("yaml") || !yaml.matches("(?s)(secrets|routes|when):.*")) {
        continue;
      }
      String whole = yaml;
      if (yaml.startsWith("when:")) {
        whole =
            "routes:\n  one:\n"
                + yaml.indent(4)
                + "    targets:\n"
                + "      - { repository: file:///srv/a.git, branch: main, input: a }\n";
      }
      if (!yaml.startsWith("secrets:")) {
        whole = "secrets: { webhook: [env:RELAY_WEBHOOK_SECRET] }\n" + whole;
      }
      Path file = Files.writeString(folder.resolve("relay.yaml"), whole);
      Config config = ConfigReader.read(file);
      assertThat(config.routes()).as("%s:%n%s", page, yaml).isNotEmpty();
      assertThat(config.warnings()).as("%s:%n%s", page, yaml).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"config/relay.yaml", "config/aws/relay.yaml", "config/local/relay.yaml"})
  void everyExampleIsRightAndShowsItsVersions(Path example) throws IOException, ConfigException {
    assertThat(ConfigReader.read(example).warnings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "secrets.webhook, secrets.git, network.allow, network.private",
    "network.schemes, ….push-attempts, ….engine, ….reconcile, ….version.tag",
    "routes.NAME, ….reconcile, ….publish, ….commit.message",
    "….when, ….source, ….targets, ….publish",
    "….allow, ….commit.message, ….commit.author, ….targets[].repository",
    "….targets[].branch, ….targets[].directory, ….targets[].input, ….targets[].inputs",
    "….targets[].submodules, event, repository, type",
    "repository_dispatch, push, workflow_run, release",
    "env:NAME, file:PATH, aws:SECRET_ID, aws:SECRET_ID#json.key"
  })
  void everyKeyIsExplained(String one, String two, String three, String four) throws IOException {
    assertThat(codes(Path.of("docs/configuration.md"))).contains(one, two, three, four);
  }

  @Test
  void everyPlaceholderIsExplained() throws IOException {
    Set<String> explained = codes(Path.of("docs/configuration.md"));
    for (Placeholder placeholder : Placeholder.values()) {
      assertThat(explained).contains("{" + placeholder.name().toLowerCase(Locale.ROOT) + "}");
    }
  }

  @Test
  void theOutcomesAreThoseOfTheCode() throws IOException {
    Set<String> kinds =
        Stream.of(Outcome.Kind.values())
            .map(Outcome.Kind::key)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(firstColumn(section("docs/operations.md", "Outcomes")))
        .containsExactlyInAnyOrderElementsOf(kinds);
  }

  @Test
  void theExitCodesAreThoseOfTheCode() throws IOException {
    assertThat(section("docs/operations.md", "Exit codes"))
        .contains("| " + Main.DONE + " | done |")
        .contains("| " + Main.FAILED + " | the work failed")
        .contains("| " + Main.WRONG + " | wrong usage or configuration");
  }

  @Test
  void theEventsOfTheLogAreThoseOfTheCode() throws IOException {
    String code = code();
    assertThat(firstColumn(section("docs/operations.md", "Log")))
        .isNotEmpty()
        .allSatisfy(event -> assertThat(code).contains('"' + event + '"'));
  }

  @Test
  void everyEventOfTheLogIsExplained() throws IOException {
    assertThat(all(LOGGED, code()).stream().map(call -> call.group(1)))
        .hasSizeGreaterThan(10)
        .isSubsetOf(firstColumn(section("docs/operations.md", "Log")));
  }

  @Test
  void theEnvironmentVariablesAreThoseOfTheCode() throws IOException {
    String code = code();
    assertThat(firstColumn(section("docs/configuration.md", "Environment")))
        .isNotEmpty()
        .allSatisfy(
            variable -> assertThat(code).containsPattern("\\b" + Pattern.quote(variable) + "\\b"));
  }

  private static List<String> commands(Path page) throws IOException {
    List<String> commands = new ArrayList<>();
    for (MatchResult block : all(FENCE, Files.readString(page))) {
      for (String line : block.group(2).replace("\\\n", " ").lines().toList()) {
        Matcher command = COMMAND.matcher(line.replaceFirst("\\s+#.*", "").strip());
        if (block.group(1).matches("sh|ini|console") && command.find()) {
          commands.add(command.group(1).replaceAll("\\s+", " "));
        }
      }
    }
    return commands;
  }

  /** The first column's words in code font, of all tables of a text. */
  private static List<String> firstColumn(String text) {
    return text.lines()
        .filter(line -> line.startsWith("| `"))
        .flatMap(line -> all(CODE, line.substring(0, line.indexOf(" | "))).stream())
        .map(word -> word.group(1))
        .toList();
  }

  private static Set<String> codes(Path page) throws IOException {
    return all(CODE, withoutBlocks(page)).stream()
        .map(word -> word.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static String section(String page, String heading) throws IOException {
    String text = Files.readString(Path.of(page));
    int start = text.indexOf("\n## " + heading + "\n");
    assertThat(start).as("%s has %s", page, heading).isPositive();
    int end = text.indexOf("\n## ", start + 1);
    return text.substring(start, end < 0 ? text.length() : end);
  }

  /** As GitHub makes them of headings. */
  private static List<String> anchors(Path page) throws IOException {
    return all(HEADING, withoutBlocks(page)).stream()
        .map(
            heading ->
                heading
                    .group(1)
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^a-z0-9 _-]", "")
                    .replace(' ', '-'))
        .toList();
  }

  private static String withoutBlocks(Path page) throws IOException {
    return FENCE.matcher(Files.readString(page)).replaceAll("");
  }

  private static String code() throws IOException {
    StringBuilder code = new StringBuilder(Files.readString(Path.of("relay")));
    for (String script : List.of("layer/nix.sh", "layer/build.sh")) {
      code.append(Files.readString(Path.of(script)));
    }
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(each -> each.toString().endsWith(".java")).toList()) {
        code.append(Files.readString(file));
      }
    }
    return code.toString();
  }

  private static List<MatchResult> all(Pattern pattern, String text) {
    return pattern.matcher(text).results().toList();
  }
}
