package dev.flakerelay.config.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTemplateTest {
  private static final String SHA = "abc1234" + "0".repeat(33);
  private static final String OLD = "def5678" + "0".repeat(33);

  private static Map<Placeholder, String> everything() {
    Map<Placeholder, String> values = new EnumMap<>(Placeholder.class);
    values.put(Placeholder.INPUT, "nixfleet");
    values.put(Placeholder.VERSION, "1.2.3");
    values.put(Placeholder.SHA, SHA);
    values.put(Placeholder.SHA7, "abc1234");
    values.put(Placeholder.OLD, OLD);
    values.put(Placeholder.OLD7, "def5678");
    values.put(Placeholder.ROUTE, "fleet");
    values.put(Placeholder.SOURCE, "markus-barta/nixfleet");
    values.put(Placeholder.TARGET, "markus-barta/nixcfg");
    values.put(Placeholder.DELIVERY, "72d3162e");
    return values;
  }

  private static Map<Placeholder, String> without(Placeholder... missing) {
    Map<Placeholder, String> values = everything();
    for (Placeholder placeholder : missing) {
      values.remove(placeholder);
    }
    return values;
  }

  private static Map<Placeholder, String> with(Placeholder placeholder, String value) {
    Map<Placeholder, String> values = everything();
    values.put(placeholder, value);
    return values;
  }

  /** The message without the trailers that are added. */
  private static String render(String template, Map<Placeholder, String> values) {
    String message = new MessageTemplate(template.translateEscapes()).render(values, "", "T: 1\n");
    assertThat(message).endsWith("\nT: 1\n");
    return message.substring(0, message.length() - "\nT: 1\n".length()).stripTrailing();
  }

  @Test
  void everyPlaceholderHasItsValue() {
    assertThat(
            render(
                "{input} [{version}] {sha} {sha7} [{old}] [{old7}] {route} {source} {target}"
                    + " {delivery}",
                everything()))
        .isEqualTo(
            "nixfleet 1.2.3 %s abc1234 %s def5678 fleet markus-barta/nixfleet markus-barta/nixcfg 72d3162e"
                .formatted(SHA, OLD));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          chore: bump {input}[ to v{version}] ({sha7})     | chore: bump nixfleet to v1.2.3 (abc1234)  | chore: bump nixfleet (abc1234)
          {input}: [{old7} -> ]{sha7}[ (v{version})]       | nixfleet: def5678 -> abc1234 (v1.2.3)     | nixfleet: abc1234
          {input}[@{version}]                              | nixfleet@1.2.3                            | nixfleet
          bump {input}[ from {old7} to {version}]          | bump nixfleet from def5678 to 1.2.3       | bump nixfleet
          [v{version} of ]{input}                          | v1.2.3 of nixfleet                        | nixfleet
          [skip ci] bump {input}[ to {version}] [no {ci}]  | error                                     | error
          [skip ci] bump {input}[ to {version}] [deps]     | [skip ci] bump nixfleet to 1.2.3 [deps]   | [skip ci] bump nixfleet [deps]
          bump {input} [by {route}]                        | bump nixfleet by fleet                    | bump nixfleet by fleet
          bump {input} []                                  | bump nixfleet []                          | bump nixfleet []
          bump {input}[ to {version}[ (was {old7})]]       | bump nixfleet to 1.2.3 (was def5678)      | bump nixfleet
          bump {input}[ [was {old7}]] [a [b] c]            | bump nixfleet[ was def5678] [a [b] c]     | bump nixfleet[ ] [a [b] c]
          bump {input}[ [x] to {version}]                  | bump nixfleet [x] to 1.2.3                | bump nixfleet
          bump {input}[ to 「{version}」 🚀] – ünïcödé ［］ | bump nixfleet to 「1.2.3」 🚀 – ünïcödé ［］ | bump nixfleet – ünïcödé ［］
          bump {input} [to {version}]                      | bump nixfleet to 1.2.3                    | bump nixfleet
          x\\n\\nfirst\\n[Version: {version}]\\nlast       | x\\n\\nfirst\\nVersion: 1.2.3\\nlast      | x\\n\\nfirst\\nlast
          x\\n\\n  [{version}]  [{old7}]  \\nlast          | x\\n\\n  1.2.3  def5678\\nlast            | x\\n\\nlast
          x[\\n\\nVersion: {version}\\nRoute: {route}]     | x\\n\\nVersion: 1.2.3\\nRoute: fleet      | x
          x\\n\\n[Version: {version}]\\n\\nby {route}      | x\\n\\nVersion: 1.2.3\\n\\nby fleet        | x\\n\\nby fleet
          x\\n\\n[{version}\\n]last                        | x\\n\\n1.2.3\\nlast                       | x\\n\\nlast
          x\\n\\nby {route}\\n[{version}]                  | x\\n\\nby fleet\\n1.2.3                   | x\\n\\nby fleet
          """)
  void whatStandsInBracketsNeedsItsValues(String template, String with, String without) {
    if (with.equals("error")) {
      assertThatThrownBy(() -> new MessageTemplate(template)).hasMessageContaining("{ci}");
      return;
    }
    assertThat(render(template, everything())).isEqualTo(with.translateEscapes());
    assertThat(render(template, without(Placeholder.VERSION, Placeholder.OLD, Placeholder.OLD7)))
        .isEqualTo(without.translateEscapes());
  }

  @Test
  void oneMissingValueOfSeveralIsEnough() {
    assertThat(render("bump[ from {old7} to {version}] ({sha7})", without(Placeholder.OLD7)))
        .isEqualTo("bump (abc1234)");
    assertThat(render("bump[ to {version}[ from {old7}]]", without(Placeholder.OLD7)))
        .isEqualTo("bump to 1.2.3");
  }

  @Test
  void aDeliveryThatIsMissingIsEmptyText() {
    assertThat(render("bump {delivery}[ ({delivery})]", without(Placeholder.DELIVERY)))
        .isEqualTo("bump");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "chore: bump x",
        "chore(deps)!: x -> y, z; (a) [b] <c> \"d\" `e` -- it's 100% fine...",
        "a :b( c )d  two  spaces ) ( \" > <",
        "Merge 'x' of https://example.org/a?b=c#d (y).",
        "x\n\n  indented: yes\n\ttab\n- item\n\n* item\n----\n- [ ] task",
        "x\nbody without a blank line",
      })
  void textWithoutPlaceholdersStaysAsItIs(String template) {
    assertThat(render(template, Map.of())).isEqualTo(template);
  }

  @Test
  void aFilesLineEndsAndItsLastBlankLinesDoNotCount() {
    assertThat(render("bump {input}\r\n\r\n\r\nbody  \r\n\r\n", everything()))
        .isEqualTo("bump nixfleet\n\nbody");
  }

  @ParameterizedTest
  @CsvSource({
    "'1.2.3\r\n\r\nFlake-Rev: 0', 1.2.3 Flake-Rev: 0",
    "'1\u20282\u20293\u00854\u000b5\u000c6', 1 2 3 4 5 6",
    "'\u202e3.2.1\u202c\u2066\u200f\u061c\u200b\ufeff', 3.2.1",
    "'a\u0000b\u001b[31mc\u009bd\u007fe\tf', a b [31mc d e f",
    "'{sha} {nothing} { [x]', {sha} {nothing} { [x]",
    "'$1 \\1 $(reboot)', $1 \\1 $(reboot)",
    "'a\ud800b', ab",
  })
  void aValueIsDataOnOneLine(String value, String expected) {
    assertThat(render("bump[ to {version} now]", with(Placeholder.VERSION, value)))
        .isEqualTo("bump to " + expected + " now");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "\n", "\u202e", "\u0000"})
  void aValueWithNothingVisibleIsNoValue(String value) {
    assertThat(render("bump {input}[ to {version}]", with(Placeholder.VERSION, value)))
        .isEqualTo("bump nixfleet");
  }

  @Test
  void aLongValueIsCut() {
    Map<Placeholder, String> values = with(Placeholder.DELIVERY, "x".repeat(10_000_000));
    assertThat(render("bump {delivery}", values)).hasSizeLessThan(700).endsWith("x…");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          chore: bump {input} to v{version} ({sha7})  | {version} | chore: bump {input}[ to v{version}] ({sha7})
          chore: bump {input} v{version} ({sha7})     | {version} | chore: bump {input}[ v{version}] ({sha7})
          chore: bump {input} ({version})             | {version} | chore: bump {input}[ ({version})]
          {input}@{version}                           | {version} | {input}[@{version}]
          {input}: {old7} -> {sha7}[ ({version})]     | {old7}    | {input}:[ {old7}] -> {sha7}[ ({version})]
          {input} from {old} to {version}.            | {old}     | {input}[ from {old}][ to {version}].
          bump \\"{input}\\"\\n\\nVersion: {version}  | {version} | bump \\"{input}\\"\\n\\nVersion:[ {version}]
          [skip ci] {input} → {version}               | {version} | [skip ci] {input}[ → {version}]
          """)
  void aPlaceholderThatMayHaveNoValueNeedsBrackets(
      String template, String placeholder, String advice) {
    String text = template.translateEscapes();
    assertThatThrownBy(() -> new MessageTemplate(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            placeholder
                + " may have no value: put brackets around what is left out then: \""
                + advice
                + "\"");
    String right = advice.translateEscapes();
    assertThat(new MessageTemplate(right).text()).isEqualTo(right);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{version}", "({version}) [x", "v{version}\n\n{input}"})
  void whereTheBracketsCanNotBeGuessedThereIsAnExample(String template) {
    assertThatThrownBy(() -> new MessageTemplate(template))
        .hasMessageEndingWith("for example \"chore: bump {input}[ to v{version}] ({sha7})\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bump {inputs}            | unknown placeholder {inputs}: known are {input} {version} {sha} {sha7} {old} {old7} {route} {source} {target} {delivery}
          bump {}                  | unknown placeholder {}: known are
          bump { input }           | unknown placeholder { input }: known are
          bump {Input}             | unknown placeholder {Input}: known are
          bump [{a]}               | unknown placeholder {a]}: known are
          bump {{input}}           | not part of a placeholder: {: known are
          bump {input              | not part of a placeholder: {: known are
          bump input}              | not part of a placeholder: }: known are
          bump {a{input}           | not part of a placeholder: {: known are
          bump {input}[ {version}  | the bracket [ is not closed: write ] after it
          bump [a [b]              | the bracket [ is not closed
          bump {input}] x          | the bracket ] was not opened: write [ before it
          ' '                      | its first line, the subject, may be empty
          '\\nbody'                | its first line, the subject, may be empty
          [{version}]              | its first line, the subject, may be empty: write text outside of brackets there
          [{version}]\\n\\nbody    | its first line, the subject, may be empty
          '  [{version}] [{old}]'  | its first line, the subject, may be empty
          {delivery}               | its first line, the subject, may be empty
          x\\n\\n---\\ny           | has a line that starts with ---, where Git takes a message to end
          x\\n\\n[--- {version}]   | has a line that starts with ---, where Git takes a message to end
          x\\n\\nFlake-Rev: {sha}  | flake-relay itself writes the line Flake-Rev: remove it
          x\\n[relay-delivery :]   | flake-relay itself writes the line relay-delivery: remove it
          a\\7b                | has an invisible control character
          """)
  void aTemplateThatCannotWorkIsRefused(String template, String message) {
    String text = template.translateEscapes();
    assertThatThrownBy(() -> new MessageTemplate(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void aLineSeparatorOfUnicodeIsRefused() {
    assertThatThrownBy(() -> new MessageTemplate("a\u2028b"))
        .hasMessageStartingWith("has an invisible control character");
  }

  @Test
  void aTemplateHasAtMost2000Characters() {
    assertThat(new MessageTemplate("x".repeat(2000)).text()).hasSize(2000);
    assertThatThrownBy(() -> new MessageTemplate("x".repeat(2001)))
        .hasMessage("longer than 2000 characters: shorten it");
  }
}
