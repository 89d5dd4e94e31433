package dev.flakerelay.bench;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One measured figure: a row of the table in docs/performance.md.
 *
 * @param name of its situation
 * @param what what was measured
 * @param ours the median, with its unit
 * @param beside the other's
 * @param ratio of the medians
 * @param low a quarter of the rounds' ratios are below
 * @param high a quarter of them are above
 * @param goal the ratio to be reached at most
 * @param rounds how many there were
 */
record Row(
    String name,
    String what,
    String ours,
    String beside,
    double ratio,
    double low,
    double high,
    double goal,
    int rounds) {
  static final String HEADER =
      """
      | name | what | flake-relay | beside it | ratio | half of the rounds | goal | rounds |
      |---|---|---|---|---|---|---|---|
      """;

  private static final Pattern MARKDOWN =
      Pattern.compile(
          "\\| `(.+)` \\| (.+) \\| (.+) \\| (.+) \\| \\*\\*(.+)\\*\\* \\| (.+) to (.+) \\| (.+)"
              + " \\| (\\d+) \\|");

  static Row of(String name, String what, String unit, Sample sample, double goal) {
    double[] spread = sample.spread();
    return new Row(
        name,
        what,
        amount(sample.ours(), unit),
        amount(sample.beside(), unit),
        sample.ratio(),
        spread[0],
        spread[1],
        goal,
        sample.rounds());
  }

  private static String amount(double value, String unit) {
    return String.format(Locale.ROOT, value < 100 ? "%.3f %s" : "%,.0f %s", value, unit);
  }

  String markdown() {
    return String.format(
        Locale.ROOT,
        "| `%s` | %s | %s | %s | **%.3f** | %.3f to %.3f | %.3f | %d |",
        name,
        what,
        ours,
        beside,
        ratio,
        low,
        high,
        goal,
        rounds);
  }

  /** Reads a row; empty if the line is none. */
  static Optional<Row> parse(String line) {
    Matcher row = MARKDOWN.matcher(line);
    return row.matches()
        ? Optional.of(
            new Row(
                row.group(1),
                row.group(2),
                row.group(3),
                row.group(4),
                Double.parseDouble(row.group(5)),
                Double.parseDouble(row.group(6)),
                Double.parseDouble(row.group(7)),
                Double.parseDouble(row.group(8)),
                Integer.parseInt(row.group(9))))
        : Optional.empty();
  }
}
