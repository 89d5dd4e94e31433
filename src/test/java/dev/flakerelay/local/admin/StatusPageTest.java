package dev.flakerelay.local.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Strangers' words on the page stay words. */
class StatusPageTest {
  private static final Pattern TAG = Pattern.compile("<[^>]*>");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<script>alert(1)</script>",
        "\"><img src=x onerror=alert(1)>",
        "' onmouseover='alert(1)",
        "</title><svg onload=alert(1)>",
        "javascript:alert(1)",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "\u202eevil\u0000<b>"
      })
  void whateverTheyAre(String words) {
    String harmless = StatusPage.of(Statuses.of("app"), "token", Optional.empty());
    String page = StatusPage.of(Statuses.of(words), "token", Optional.empty());
    // The same elements in the same order, and no attribute more.
    assertThat(shape(page)).isEqualTo(shape(harmless));
    assertThat(page).doesNotContain("href=\"javascript", "\u202e", "\u0000");
  }

  private static String shape(String page) {
    StringBuilder shape = new StringBuilder();
    TAG.matcher(page)
        .results()
        .forEach(tag -> shape.append(tag.group().replaceAll("=\"[^\"]*\"", "")).append('\n'));
    return shape.toString();
  }
}
