package dev.flakerelay.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Measures what is named, or everything; the rows of docs/performance.md that were measured are
 * replaced, and the plot is drawn anew.
 */
final class Bench {
  private static final Path PAGE = Path.of("docs/performance.md");
  private static final Path PLOT = Path.of("docs/performance.svg");
  private static final String BEGIN = "<!-- bench/run writes from here -->\n";
  private static final String END = "<!-- to here -->\n";

  private static final List<Situation> SITUATIONS =
      List.of(
          new Bumps(
              "first", "a bump of a target that is seen for the first time", 0.35, false, true),
          new Bumps("known", "a bump of a target that is known", 0.25, false, false),
          new Bumps("large-source", "a source of 20,000 files and 50 MB", 0.2, true, false),
          new LargeTarget(),
          new Storm(),
          new Command());

  private Bench() {}

  static void main(String[] arguments) throws IOException {
    List<String> names = new ArrayList<>(Arrays.asList(arguments));
    boolean isSmoke = names.remove("--smoke");
    for (String name : names) {
      if (SITUATIONS.stream().noneMatch(each -> each.name().equals(name))) {
        throw new IllegalArgumentException(
            "usage: bench/run [NAME…] [--smoke], a name of "
                + SITUATIONS.stream().map(Situation::name).toList());
      }
    }
    List<Row> rows = new ArrayList<>();
    for (Situation each : SITUATIONS) {
      if (names.isEmpty() || names.contains(each.name())) {
        List<Row> measured = measure(each, isSmoke ? Effort.SMOKE : Effort.FULL);
        measured.forEach(row -> System.out.println(row.markdown()));
        rows.addAll(measured);
      }
    }
    if (!isSmoke) {
      publish(rows);
    }
  }

  private static List<Row> measure(Situation situation, Effort effort) throws IOException {
    Path folder = Files.createTempDirectory("bench");
    try {
      return situation.measure(folder, effort);
    } finally {
      new ProcessBuilder("rm", "-rf", "--", folder.toString()).inheritIO().start().onExit().join();
    }
  }

  private static void publish(List<Row> measured) throws IOException {
    String page = Files.readString(PAGE);
    int begin = page.indexOf(BEGIN) + BEGIN.length();
    int end = page.indexOf(END);
    Map<String, List<Row>> all = new HashMap<>();
    page.substring(begin, end)
        .lines()
        .forEach(line -> Row.parse(line).ifPresent(row -> rows(all, row).add(row)));
    measured.forEach(row -> all.remove(row.name()));
    measured.forEach(row -> rows(all, row).add(row));
    List<Row> rows =
        SITUATIONS.stream()
            .flatMap(each -> all.getOrDefault(each.name(), List.of()).stream())
            .toList();
    StringBuilder table = new StringBuilder(Row.HEADER);
    rows.forEach(row -> table.append(row.markdown()).append('\n'));
    Files.writeString(PAGE, page.substring(0, begin) + table + page.substring(end));
    Files.writeString(PLOT, Plot.svg(rows));
  }

  private static List<Row> rows(Map<String, List<Row>> all, Row row) {
    return all.computeIfAbsent(row.name(), _ -> new ArrayList<>());
  }
}
