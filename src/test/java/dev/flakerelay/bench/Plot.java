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
      double end = LEFT + row.ratio() * scale;
      String colour = row.ratio() <= row.goal() ? "#3a7d44" : "#b5651d";
      add(svg, "<text x='%d' y='%d' text-anchor='end'>%s</text>", LEFT - 8, top + 15, plain(row));
      add(
          svg,
          "<rect x='%d' y='%d' width='%.1f' height='20' fill='%s'/>",
          LEFT,
          top,
          end - LEFT,
          colour);
      line(svg, LEFT + row.low() * scale, top + 10, LEFT + row.high() * scale, top + 10, "black");
      double goal = LEFT + row.goal() * scale;
      line(svg, goal, top - 3, goal, top + 23, "#0b5cad");
      add(
          svg,
          "<text x='%.1f' y='%d'>%.2f</text>",
          LEFT + Math.max(Math.max(row.ratio(), row.high()), row.goal()) * scale + 6,
          top + 15,
          row.ratio());
    }
    add(
        svg,
        "<text x='%d' y='%d'>ratio to what it is compared with; blue: the goal</text>",
        LEFT,
        height - 10);
    return svg.append("</svg>\n").toString();
  }

  private static String plain(Row row) {
    String text = row.what().replace("`", "");
    return text.length() > 70 ? text.substring(0, 69) + "…" : text;
  }

  private static void line(
      StringBuilder svg, double x, double y, double toX, double toY, String colour) {
    add(
        svg,
        "<line x1='%.1f' y1='%.1f' x2='%.1f' y2='%.1f' stroke='%s' stroke-width='2'/>",
        x,
        y,
        toX,
        toY,
        colour);
  }

  private static void add(StringBuilder svg, String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values).replace('\'', '"')).append('\n');
  }
}
