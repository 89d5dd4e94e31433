package dev.flakerelay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VisibleTextTest {
  @ParameterizedTest
  @ValueSource(strings = {"", "one  line", "Jürgen → “漢字” 🎉 …", "\\n \\u001b [8m"})
  void whatIsVisibleStays(String text) {
    assertThat(VisibleText.of(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "'a\nb\r\nc\td', a b c d",
    "'a\u0000b\u0007c\u007fd\u0085e\u009bf', a b c d e f",
    "'a\u2028b\u2029c', a b c",
    "'a\u001b[8mb\u001b]0;title\u0007', 'a [8mb ]0;title '",
    "'1\u202e2\u202c3\u2066\u200f\u061c\u200b\ufeff4\u00ad', 1234",
    "'a\ud800b\ue000c\ufffed', abcd",
  })
  void whatForgesALineOrSteersATerminalDoesNot(String text, String visible) {
    assertThat(VisibleText.of(text)).isEqualTo(visible);
  }

  @Test
  void linesStayWhereTheyMayBeSeveral() {
    assertThat(VisibleText.ofLines("{\r\n  \"a\": \"\u001b[8m\"\n}\n"))
        .isEqualTo("{\n  \"a\": \" [8m\"\n}");
  }

  @Test
  void fewWordsOfAServerAreTold() {
    assertThat(VisibleText.brief("no, thanks")).isEqualTo("no, thanks");
    assertThat(VisibleText.brief("ä".repeat(600))).isEqualTo("ä".repeat(600));
    assertThat(VisibleText.brief("\n one\r\n\ttwo \u001b[31mthree\0 \n"))
        .isEqualTo("one two [31mthree");
  }

  @Test
  void ofManyWordsTheFirstAreTold() {
    assertThat(VisibleText.brief("a".repeat(601))).isEqualTo("a".repeat(600) + "…");
    assertThat(VisibleText.brief("a" + " ".repeat(3_000_000) + "b")).isEqualTo("a…");
    assertThat(VisibleText.brief("a".repeat(599) + "😀b")).isEqualTo("a".repeat(599) + "…");
  }

  @Test
  void aReasonHasAtMostOneKilobyte() {
    for (String character : new String[] {"x", "é", "語", "😀", "\n", "\u202e"}) {
      String reason = VisibleText.reason(character.repeat(3 << 20));
      assertThat(reason.getBytes(StandardCharsets.UTF_8)).hasSizeLessThanOrEqualTo(1_024);
      assertThat(reason).endsWith("…").doesNotContain("\n", "\u202e");
    }
    assertThat(VisibleText.reason("short\nand clean")).isEqualTo("short and clean");
    assertThat(new PermanentException("x".repeat(3 << 20)).getMessage()).hasSizeLessThan(1_025);
  }

  @Test
  void aWordIsCut() {
    assertThat(VisibleText.word("n".repeat(3 << 20))).isEqualTo("n".repeat(200) + "…");
    assertThat(VisibleText.word("a\tb")).isEqualTo("a b");
  }
}
