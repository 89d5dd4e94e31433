package dev.flakerelay.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MessageTemplateTest {
  private static final String SHA = "abc1234" + "0".repeat(33);

  private static Map<Placeholder, String> everything() {
    Map<Placeholder, String> values = new EnumMap<>(Placeholder.class);
    values.put(Placeholder.INPUT, "nixfleet");
    values.put(Placeholder.VERSION, "1.2.3");
    values.put(Placeholder.SHA, SHA);
    values.put(Placeholder.SHA7, "abc1234");
    values.put(Placeholder.OLD, "def5678" + "0".repeat(33));
    values.put(Placeholder.OLD7, "def5678");
    values.put(Placeholder.ROUTE, "fleet");
    values.put(Placeholder.SOURCE, "markus-barta/nixfleet");
    values.put(Placeholder.TARGET, "markus-barta/nixcfg");
    values.put(Placeholder.DELIVERY, "72d3162e");
    return values;
  }

  private static String render(String template, Map<Placeholder, String> values) {
    return MessageTemplate.parse(template).render(values);
  }

  private static Map<Placeholder, String> without(Placeholder... missing) {
    Map<Placeholder, String> values = everything();
    for (Placeholder placeholder : missing) {
      values.remove(placeholder);
    }
    return values;
  }

  private static Map<Placeholder, String> withVersion(String version) {
    Map<Placeholder, String> values = everything();
    values.put(Placeholder.VERSION, version);
    return values;
  }

  @Test
  void everyPlaceholderHasItsValue() {
    assertThat(
            render(
                "{input} {version} {sha} {sha7} {old} {old7} {route} {source} {target} {delivery}",
                everything()))
        .isEqualTo(
            "nixfleet 1.2.3 "
                + SHA
                + " abc1234 def5678"
                + "0".repeat(33)
                + " def5678 fleet markus-barta/nixfleet markus-barta/nixcfg 72d3162e");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "chore: bump x",
        "chore(deps)!: x -> y, z; (a) [b] <c> \"d\" `e` -- it's 100% fine...",
        "a :b( c )d  two  spaces ) ( \" > <",
        "Merge 'x' of https://example.org/a?b=c#d (y).",
        "x\n\n  indented: yes\n\ttab\n- item\n\n* item",
      })
  void textWithoutPlaceholdersStaysAsItIs(String template) {
    assertThat(render(template, Map.of())).isEqualTo(template);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          chore: bump {input} to v{version} ({sha7})       | chore: bump nixfleet (abc1234)
          chore: bump {input} to v{version}                | chore: bump nixfleet
          chore: bump {input} ({version})                  | chore: bump nixfleet
          chore: bump {input} ({version}, {sha7})          | chore: bump nixfleet (abc1234)
          chore: bump {input} ({sha7}, {version})          | chore: bump nixfleet (abc1234)
          chore: bump {input} ({sha7}, v{version}, {old7}) | chore: bump nixfleet (abc1234, def5678)
          chore: bump {input} (at {version})               | chore: bump nixfleet
          chore: bump {input} [({version})] ({sha7})       | chore: bump nixfleet (abc1234)
          chore: bump {input} <{version}>                  | chore: bump nixfleet
          chore: bump {input} to "{version}"               | chore: bump nixfleet
          chore: bump {input} to `v{version}` ({sha7})     | chore: bump nixfleet (abc1234)
          chore: bump {input} to '{version}'               | chore: bump nixfleet
          chore: bump {input} to version {version}         | chore: bump nixfleet
          chore: bump {input} to version {version} now     | chore: bump nixfleet now
          chore: bump {input} to {version}.                | chore: bump nixfleet.
          chore: bump {input} to {version} and {sha7}      | chore: bump nixfleet to abc1234
          chore: bump {input} from {source} at {version}   | chore: bump nixfleet from markus-barta/nixfleet
          chore: bump {input} {version} -> {sha7}          | chore: bump nixfleet -> abc1234
          {input}: {version}                               | nixfleet
          {input}: {version} ({sha7})                      | nixfleet (abc1234)
          {input}: {version} {sha7}                        | nixfleet: abc1234
          {input}: v{version} → {sha7}                     | nixfleet: abc1234
          {input} -> {version}                             | nixfleet
          {input} → {version} ({sha7})                     | nixfleet (abc1234)
          {input} - {version}                              | nixfleet
          {input} – {version} – {sha7}                     | nixfleet – abc1234
          {input}: {old7} -> {sha7} (v{version})           | nixfleet: def5678 -> abc1234
          {input}@{version}                                | nixfleet
          {input}@{version} ({sha7})                       | nixfleet (abc1234)
          {input} @ {version}                              | nixfleet
          {input}-v{version}                               | nixfleet
          {input}-v{version}-{sha7}                        | nixfleet-abc1234
          {input}/{version}                                | nixfleet
          {input}, {version}, {sha7}                       | nixfleet, abc1234
          {input} v{version}+{sha7}                        | nixfleet abc1234
          {input}({version}): {sha7}                       | nixfleet: abc1234
          {input}=={version}                               | nixfleet
          {version}: {input}                               | nixfleet
          {version} -> {input}                             | nixfleet
          v{version} of {input}                            | nixfleet
          [{version}] {input}                              | nixfleet
          release-{version}: {input}                       | nixfleet
          {input}  {version}  {sha7}                       | nixfleet abc1234
          {input} https://example.org/{version}/notes      | nixfleet
          {input} see https://example.org/{version}.       | nixfleet see.
          chore({version}): bump {input}                   | chore: bump nixfleet
          {version}                                        | chore: bump nixfleet (abc1234)
          to v{version}                                    | chore: bump nixfleet (abc1234)
          """)
  void aMissingVersionTakesWithItWhatMadeSenseOnlyTogether(String template, String expected) {
    assertThat(render(template, without(Placeholder.VERSION))).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          chore: bump {input} {old7} -> {sha7}                     | chore: bump nixfleet -> abc1234
          chore: bump {input} from {old7} to {sha7}                | chore: bump nixfleet to abc1234
          chore: bump {input} from {old7} to v{version}            | chore: bump nixfleet
          chore: bump {input} from {old7} to v{version} ({sha7})   | chore: bump nixfleet (abc1234)
          chore: bump {input} {old7}..{sha7}                       | chore: bump nixfleet abc1234
          chore: bump {input} ({old7}..{sha7})                     | chore: bump nixfleet (abc1234)
          chore: bump {input} ({old7}...{version})                 | chore: bump nixfleet
          chore: bump {input}: {old7} -> {version} ({sha7})        | chore: bump nixfleet (abc1234)
          chore: bump {input} ({version} ({old7}), {delivery})     | chore: bump nixfleet
          {old7} -> {version}                                      | chore: bump nixfleet (abc1234)
          {version}/{old7}/{sha7}/{delivery}                       | abc1234
          {source}/{input}-{version}                               | markus-barta/nixfleet/nixfleet
          """)
  void severalValuesMayBeMissingAtOnce(String template, String expected) {
    assertThat(
            render(template, without(Placeholder.VERSION, Placeholder.OLD7, Placeholder.DELIVERY)))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{version}",
        "Version: {version}",
        "- version: {version}",
        "Version: v{version}.",
        "({version})",
        "# {version}",
        "* {version}",
        "from {version}",
        "Release notes: https://example.org/releases/v{version}",
        "[{version}](https://example.org/releases/{version})",
      })
  void aBodyLineWithNothingLeftDisappears(String line) {
    assertThat(render("bump {input}\n\nfirst\n" + line + "\nlast", without(Placeholder.VERSION)))
        .isEqualTo("bump nixfleet\n\nfirst\nlast");
  }

  @Test
  void aParagraphThatDisappearsLeavesNoDoubleBlankLine() {
    assertThat(
            render(
                "bump\n\nVersion: {version}\n\nby {route}\n\n{version}\n",
                without(Placeholder.VERSION)))
        .isEqualTo("bump\n\nby fleet");
    assertThat(render("bump\n\nVersion: {version}", without(Placeholder.VERSION)))
        .isEqualTo("bump");
  }

  @Test
  void aBodyLineKeepsWhatItCanSay() {
    assertThat(
            render(
                "x\n\n- {input}: {version}\n  - {version} ({sha7})\nChanges in {version}:",
                without(Placeholder.VERSION)))
        .isEqualTo("x\n\n- nixfleet\n  - (abc1234)\nChanges:");
  }

  @RepeatedTest(20)
  void noFallbackLeavesEmptyBracketsOrLooseSpace(RepetitionInfo repetition) {
    Random random = new Random(repetition.getCurrentRepetition());
    List<String> parts =
        List.of(
            "{input}",
            "v{version}",
            "{sha7}",
            "{old7}",
            "bump",
            "to",
            "from",
            "and",
            " ",
            " ",
            " ",
            " ",
            ": ",
            " -> ",
            "->",
            "..",
            ", ",
            "@",
            "-",
            "({version})",
            "({version}, {old7})",
            "[{old7} to {sha7}]",
            "\"{version}\"",
            ".",
            "https://example.org/{version}");
    for (int i = 0; i < 500; i++) {
      StringBuilder template = new StringBuilder("x");
      for (int length = random.nextInt(10); length >= 0; length--) {
        template.append(parts.get(random.nextInt(parts.size())));
      }
      String subject = template.toString().replaceAll(" +", " ");
      assertThat(render(subject, without(Placeholder.VERSION, Placeholder.OLD7)))
          .as(subject)
          .isNotBlank()
          .doesNotContain("()", "[]", "\"\"", "( ", " )", "  ", "{", "(,")
          .isEqualTo(render(subject, without(Placeholder.VERSION, Placeholder.OLD7)).strip());
    }
  }

  @Test
  void aSubjectIsNeverEmpty() {
    assertThat(render("{version}\n\nbody", Map.of())).isEqualTo("chore: bump\n\nbody");
  }

  @ParameterizedTest
  @CsvSource({
    "'1.2.3\r\n\r\nFlake-Rev: 0', 1.2.3 Flake-Rev: 0",
    "'1\u20282\u20293\u00854\u000b5\u000c6', 1 2 3 4 5 6",
    "'\u202e3.2.1\u202c\u2066\u200f\u061c\u200b\ufeff', 3.2.1",
    "'a\u0000b\u001b[31mc\u009bd\u007fe\tf', a b [31mc d e f",
    "'{sha} {nothing} {', {sha} {nothing} {",
    "'$1 \\1 $(reboot)', $1 \\1 $(reboot)",
    "'  a  \u00a0\u3000 b  ', a b",
    "'a\ud800b', ab",
  })
  void aValueIsDataOnOneLine(String value, String expected) {
    assertThat(render("bump to {version} now", withVersion(value)))
        .isEqualTo("bump to " + expected + " now");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "  ", "\n", "\u202e", "\u0000"})
  void aValueWithNothingVisibleIsNoValue(String value) {
    assertThat(render("bump {input} to {version}", withVersion(value))).isEqualTo("bump nixfleet");
  }

  @Test
  void aLongValueIsCut() {
    String message = render("bump {version}", withVersion("x".repeat(10_000_000)));
    assertThat(message).hasSize("bump ".length() + 256).endsWith("x…");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {version}                | Flake-Rev: 0000  | - Flake-Rev: 0000
          Flake-{version}          | Rev: 0000        | - Flake-Rev: 0000
          {version}: {delivery}    | Flake-Rev        | - Flake-Rev: 72d3162e
          Released as: {version}   | Flake-Rev: 0000  | Released as: Flake-Rev: 0000
          Version: {version}       | 1.2.3            | Version: 1.2.3
          {version}                | 1.2.3            | 1.2.3
          """)
  void aValueCannotForgeATrailer(String line, String version, String expected) {
    assertThat(render("x\n\n" + line, withVersion(version))).isEqualTo("x\n\n" + expected);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          bump {inputs}    | unknown placeholder {inputs}: known are {input} {version} {sha} {sha7} {old} {old7} {route} {source} {target} {delivery}
          bump {}          | unknown placeholder {}: known are {input} {version} {sha} {sha7} {old} {old7} {route} {source} {target} {delivery}
          bump {input      | the placeholder {input is not closed: write it as in {sha7}
          bump {a{input}   | the placeholder {a is not closed: write it as in {sha7}
          ' '              | its first line, the subject, is empty
          '\nbody'         | its first line, the subject, is empty
          """)
  void aTemplateThatCannotWorkIsRefused(String template, String message) {
    assertThatThrownBy(() -> MessageTemplate.parse(template.replace("\\n", "\n")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(message);
  }

  @Test
  void templatesOfOneTextAreEqual() {
    assertThat(MessageTemplate.parse("bump {input}"))
        .isEqualTo(MessageTemplate.parse("bump {input}"))
        .hasToString("bump {input}")
        .isNotEqualTo(MessageTemplate.DEFAULT);
  }
}
