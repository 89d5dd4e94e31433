package dev.flakerelay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenTest {
  private static final Token TOKEN = new Token("glpat+s3cret/");

  @Test
  void isNeverShown() {
    assertThat(TOKEN).hasToString("***");
  }

  @Test
  void isShownToAForgeAsThePasswordOfAUser() {
    assertThat(new Token("ghp_secret").basic()).isEqualTo("eC1hY2Nlc3MtdG9rZW46Z2hwX3NlY3JldA==");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "glpat+s3cret/",
        "glpat%2Bs3cret%2F",
        "Z2xwYXQrczNjcmV0Lw==",
        "eC1hY2Nlc3MtdG9rZW46Z2xwYXQrczNjcmV0Lw==",
      })
  void isHiddenInEachFormInWhichItIsSent(String form) {
    assertThat(TOKEN.hide("no such user: " + form + ", try again"))
        .isEqualTo("no such user: ***, try again");
  }
}
