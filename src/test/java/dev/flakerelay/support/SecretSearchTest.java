package dev.flakerelay.support;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** The search itself: it must find what is there. */
class SecretSearchTest {
  private static final String SECRET = "p@ss/word+\"q7Xk2ZrV9c~?>";
  private static final SecretSearch SEARCH = new SecretSearch("password", SECRET);

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static void isFound(String form) {
    assertThat(SEARCH.in(bytes("before " + form + " after"))).as(form).isNotEmpty();
    assertThat(SEARCH.in(bytes("before" + form + "after"))).as(form).isNotEmpty();
  }

  @Test
  void theSecretIsFoundInEveryForm() {
    isFound(SECRET);
    isFound(SECRET.substring(0, SECRET.length() / 2 + 1));
    isFound(SECRET.substring(SECRET.length() / 2 - 1));
    isFound(HexFormat.of().formatHex(bytes(SECRET)));
    isFound(HexFormat.of().formatHex(bytes(SECRET)).toUpperCase(Locale.ROOT));
    isFound(URLEncoder.encode(SECRET, StandardCharsets.UTF_8));
    isFound("%" + HexFormat.ofDelimiter("%").withUpperCase().formatHex(bytes(SECRET)));
    isFound(JsonMapper.shared().writeValueAsString(SECRET));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "ab", "abc", "x-access-token:", "user:", "Authorization: "})
  void theSecretIsFoundWithinBase64(String before) {
    for (String after : new String[] {"", "\n", "ab", "@host"}) {
      byte[] pair = bytes(before + SECRET + after);
      isFound(Base64.getEncoder().encodeToString(pair));
      isFound(Base64.getUrlEncoder().withoutPadding().encodeToString(pair));
    }
  }

  @Test
  void nothingElseIsFound() {
    assertThat(SEARCH.in(bytes("p@ss/word+\" and q7Xk2ZrV9c~"))).isEmpty();
    assertThat(SEARCH.in(bytes(Base64.getEncoder().encodeToString(bytes("p@ss/word"))))).isEmpty();
    assertThat(SEARCH.in(new byte[1 << 20])).isEmpty();
  }
}
