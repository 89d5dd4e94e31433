package dev.flakerelay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ForeignWordsTest {
  @Test
  void fewWordsStayAsTheyAre() {
    assertThat(ForeignWords.brief("no, thanks")).isEqualTo("no, thanks");
    assertThat(ForeignWords.brief("ä".repeat(600))).isEqualTo("ä".repeat(600));
    assertThat(ForeignWords.brief("")).isEmpty();
  }

  @Test
  void linesAndControlCharactersBecomeSpaces() {
    assertThat(ForeignWords.brief("\n one\r\n\ttwo \u001b[31mthree\0 \n"))
        .isEqualTo("one two [31mthree");
  }

  @Test
  void manyWordsAreCut() {
    assertThat(ForeignWords.brief("a".repeat(601))).isEqualTo("a".repeat(600) + "…");
    assertThat(ForeignWords.brief("a" + " ".repeat(3_000_000) + "b")).isEqualTo("a…");
    assertThat(ForeignWords.brief("a".repeat(599) + "😀b")).isEqualTo("a".repeat(599) + "…");
  }
}
