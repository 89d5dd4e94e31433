package dev.flakerelay.bench;

import java.util.List;
import java.util.Locale;

/** The ratios as bars, with their spread and their goals. */
final class Plot {
  private static final int WIDTH = 900;
  private static final int LEFT = 430;
  private static final int RIGHT = 60;
  private static final int LINE = 34;

  private Plot() {}

  static String svg(List<Row> rows) {
    double most =
        rows.stream()
            .mapToDouble(row -> Math.max(Math.max(row.high(), row.goal()), 1))
            .max()
            .orElse(1);
    double scale = (WIDTH - LEFT - RIGHT) / most;
    StringBuilder svg = new StringBuilder();
    int height = rows.size() * LINE + 50;
    svg.append(
        """
        <svg xmlns="http://www.w3.org/2000/svg" width="%d" height="%d" font-family="sans-serif" font-size="12">
        <rect width="100%%" height="100%%" fill="white"/>
        """
            .formatted(WIDTH, height));
    for (int i = 0; i < rows.size(); i++) {
      Row row = rows.get(i);
      int top = 20 + i * LINE;
      String colour = row.ratio() <= row.goal() ? "#3a7d44" : "#b5651d";
      double goal = LEFT + row.goal() * scale;
      double end = LEFT + Math.max(Math.max(row.ratio(), row.high()), row.goal()) * scale;
      svg.append(text(LEFT - 8, top + 15, "end", plain(row)))
          .append(bar(top, row.ratio() * scale, colour))
          .append(line(LEFT + row.low() * scale, top + 10, LEFT + row.high() * scale, top + 10))
          .append(line(goal, top - 3, goal, top + 23))
          .append(
              text(end + 6, top + 15, "start", String.format(Locale.ROOT, "%.2f", row.ratio())));
    }
    return svg.append(
            text(LEFT, height - 10, "start", "ratio to what is beside it; upright line: the goal"))
        .append("</svg>\n")
        .toString();
  }

  private static String plain(Row row) {
    String text = row.what().replace("`", "");
    return text.length() > 70 ? text.substring(0, 69) + "…" : text;
  }

  private static String text(double x, int y, String anchor, String words) {
    return String.format(
        Locale.ROOT,
        "<text x=\"%.1f\" y=\"%d\" text-anchor=\"%s\">%s</text>%n",
        x,
        y,
        anchor,
        words);
  }

  private static String bar(int top, double width, String colour) {
    return String.format(
        Locale.ROOT,
        "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"20\" fill=\"%s\"/>%n",
        LEFT,
        top,
        width,
        colour);
  }

  private static String line(double x, double y, double toX, double toY) {
    return String.format(
        Locale.ROOT,
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"black\""
            + " stroke-width=\"2\"/>%n",
        x,
        y,
        toX,
        toY);
  }
}
