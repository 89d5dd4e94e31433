package dev.flakerelay.config.yaml;

import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;

/**
 * What the YAML parser stumbled over, in the words of somebody who writes a configuration: mostly
 * an indentation. The parser's own words are kept where nothing better is known, without the source
 * lines that it quotes: a secret that was written into the file must not get into a log.
 *
 * @param place where to look
 * @param message what is wrong there and what to write
 */
record SyntaxError(Place place, String message) {
  private static final Pattern MARK = Pattern.compile("in reader, line (\\d+), column (\\d+)");
  private static final Pattern TABBED = Pattern.compile("( *)\\t.*");
  private static final Pattern KEY = Pattern.compile("\\s*(?:-\\s+)*[\\w.'\"-]*\\s*");
  private static final Pattern WORD = Pattern.compile("\\s*(?:-\\s+)?[\\w-]+\\s*");
  private static final String NO_COLON = "a key without a colon: write it as `key: value`";
  private static final String WRONG = "wrong indentation: ";

  /** Reads an exception of the parser's. */
  static SyntaxError of(JacksonException e, String text) {
    String said = String.valueOf(e.getOriginalMessage());
    List<Place> marks =
        MARK.matcher(said)
            .results()
            .map(mark -> new Place(number(mark.group(1)), number(mark.group(2))))
            .toList();
    // Of the places it names, the first is where the value began, the last where it stumbled.
    Place last = marks.isEmpty() ? place(e.getLocation()) : marks.getLast();
    Place first = marks.isEmpty() ? last : marks.getFirst();
    return of(said, first, last, text.lines().toList());
  }

  private static SyntaxError of(String said, Place first, Place last, List<String> lines) {
    String line = last.line() > 0 && last.line() <= lines.size() ? lines.get(last.line() - 1) : "";
    Matcher tab = TABBED.matcher(line);
    if (tab.matches()) {
      return new SyntaxError(
          new Place(last.line(), tab.group(1).length() + 1), tabs(lines, last.line()));
    }
    String before = line.substring(0, Math.max(0, Math.min(last.column() - 1, line.length())));
    boolean atItsBegin = KEY.matcher(before).matches();
    Place begin = begin(lines, last.line());
    if (said.contains("mapping values are not allowed here")) {
      int above = begin.line() - 1;
      if (atItsBegin && above > 0 && WORD.matcher(lines.get(above - 1)).matches()) {
        return new SyntaxError(begin(lines, above), NO_COLON);
      }
      return atItsBegin
          ? new SyntaxError(
              begin, WRONG + "this line stands further right than the key above, which has a value")
          : new SyntaxError(last, "a value with `: ` in it: put it in quotes");
    }
    if (said.contains("<block end>") || said.contains("sequence entries are not allowed here")) {
      return atItsBegin
          ? new SyntaxError(
              begin, WRONG + "this line begins in another column than those it belongs to")
          : new SyntaxError(last, "something follows a value in its line: put all of it in quotes");
    }
    if (said.contains("could not find expected ':'")) {
      return new SyntaxError(first, NO_COLON);
    }
    if (said.contains("expected ',' or ']'")) {
      return new SyntaxError(last, "the [ in line " + first.line() + " has no ] where it ends");
    }
    if (said.contains("expected ',' or '}'")) {
      return new SyntaxError(last, "the { in line " + first.line() + " has no } where it ends");
    }
    if (said.contains("quoted scalar") && said.contains("unexpected end of stream")) {
      return new SyntaxError(first, "a quote that is opened here and never closed");
    }
    if (said.contains("unknown escape character")) {
      return new SyntaxError(last, "a backslash in double quotes: write single quotes around it");
    }
    if (said.contains("cannot start any token")) {
      return new SyntaxError(last, "a value can't begin with this character: put it in quotes");
    }
    String words =
        said.lines().filter(each -> !each.startsWith(" ")).collect(Collectors.joining(", "));
    return new SyntaxError(last, "not valid YAML: " + words);
  }

  private static Place begin(List<String> lines, int number) {
    String line = number > 0 && number <= lines.size() ? lines.get(number - 1) : "";
    return new Place(number, line.length() - line.stripLeading().length() + 1);
  }

  private static String tabs(List<String> lines, int from) {
    long more = lines.stream().skip(from).filter(line -> TABBED.matcher(line).matches()).count();
    return WRONG
        + "this line begins with a tab"
        + (more > 0 ? ", as " + more + " below it" : "")
        + ": YAML takes spaces only";
  }

  private static Place place(TokenStreamLocation where) {
    return where == null ? Place.WHOLE_FILE : new Place(where.getLineNr(), where.getColumnNr());
  }

  private static int number(String digits) {
    return digits.length() > 9 ? 0 : Integer.parseInt(digits);
  }
}
