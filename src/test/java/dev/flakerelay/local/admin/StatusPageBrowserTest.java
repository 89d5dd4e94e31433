package dev.flakerelay.local.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.flakerelay.queue.Job;
import dev.flakerelay.support.Await;
import dev.flakerelay.support.Browser;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The status page in Chromium. {@code -Dscreenshots=docs/images} writes the documentation's
 * pictures.
 */
@Tag("slow")
class StatusPageBrowserTest {
  private static final int MOST_BYTES = 150_000;

  private static Browser browser;
  private ShownRelay relay;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    browser = Browser.start(folder);
  }

  @AfterAll
  static void stop() {
    if (browser != null) {
      browser.close();
    }
  }

  @BeforeEach
  void show(@TempDir Path folder) throws Exception {
    relay = ShownRelay.in(folder);
    browser.scripts(true);
    browser.scheme("light");
    browser.size(1100, 1000);
  }

  @AfterEach
  void close() {
    relay.close();
  }

  @Test
  void readsWithoutScripts() throws Exception {
    browser.scripts(false);
    browser.open(relay.url());
    assertThat(browser.text())
        .contains("ready", "1 dead letter", "Retry", "behind", "in work", "updated", "rejected")
        .contains("503 Service Unavailable", "Skip to the targets")
        .doesNotContain("Not up to date");
    assertThat(browser.evaluate("document.querySelector('noscript meta').content").asString())
        .isEqualTo("30");
  }

  @Test
  void bringsItselfUpToDateAndSaysWhenItCannot() throws Exception {
    browser.open(relay.url());
    browser.evaluate("window.stays = true");
    Job job = relay.queued("9.9.9");
    browser.await("document.querySelector('#queue').innerText.includes('9.9.9')");
    assertThat(browser.evaluate("window.stays").asBoolean()).isTrue();
    assertThat(browser.evaluate("document.querySelector('#queue').innerHTML").asString())
        .contains(job.requested());
    relay.stopListening();
    browser.await("document.body.innerText.includes('does not answer')");
  }

  @Test
  void itsRetryButtonWorksByKeyboardAlone() throws Exception {
    browser.open(relay.url());
    int all = browser.evaluate("document.querySelectorAll('a, button, summary').length").asInt();
    Set<Integer> reached = new LinkedHashSet<>();
    for (int i = 0; i < all; i++) {
      browser.press("Tab");
      reached.add(focused());
    }
    assertThat(List.copyOf(reached)).as("in the order in which they are read").isSorted();
    assertThat(reached).hasSize(all);
    assertThat(relay.deadLetters()).isEqualTo(1);
    Await.until(
        Duration.ofMinutes(1),
        () -> {
          try {
            browser.press("Tab");
            return browser.evaluate("document.activeElement.id").asString().startsWith("retry-");
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        });
    assertThat(browser.evaluate("getComputedStyle(document.activeElement).outlineStyle").asString())
        .as("the focus can be seen")
        .isEqualTo("solid");
    browser.press("Enter");
    browser.await("location.search === '?retry=sent' && document.readyState === 'complete'");
    assertThat(browser.text()).contains("Back in the queue.", "None.");
    assertThat(relay.deadLetters()).isZero();
  }

  private int focused() throws Exception {
    return browser
        .evaluate(
            "[...document.querySelectorAll('a, button, summary')].indexOf(document.activeElement)")
        .asInt();
  }

  @ParameterizedTest
  @ValueSource(strings = {"light", "dark"})
  void everyTextStandsOutFromItsGround(String scheme) throws Exception {
    browser.scheme(scheme);
    browser.open(relay.url());
    assertThat(browser.evaluate(CONTRASTS).asString()).isEmpty();
    double ground = browser.evaluate(LIGHTNESS).asDouble();
    assertThat(scheme.equals("dark") ? ground < 0.1 : ground > 0.9).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"380, light", "380, dark", "320, light", "700, light", "1100, light"})
  void nothingIsBesideTheWindow(int width, String scheme) throws Exception {
    relay.queued("1.0.0-" + "x".repeat(40));
    browser.size(width, 900);
    browser.scheme(scheme);
    browser.open(relay.url());
    assertThat(browser.evaluate("document.documentElement.scrollWidth").asInt())
        .isLessThanOrEqualTo(width);
    assertThat(
            browser.evaluate("getComputedStyle(document.querySelector('h2')).fontSize").asString())
        .isEqualTo("17px");
    assertThat(
            browser.evaluate(
                "[...document.querySelectorAll('button, code')].map(e =>"
                    + " e.getClientRects().length)"))
        .as("no button and no revision is broken into lines")
        .allSatisfy(lines -> assertThat(lines.asInt()).isEqualTo(1));
  }

  @ParameterizedTest
  @CsvSource({
    "status-light.png, 1100, 1000, light",
    "status-dark.png, 1100, 1000, dark",
    "status-380.png, 380, 900, light"
  })
  void picturesAreSmall(String name, int width, int height, String scheme) throws Exception {
    browser.size(width, height);
    browser.scheme(scheme);
    browser.open(relay.url());
    byte[] picture = browser.screenshot();
    assertThat(picture).hasSizeBetween(1000, MOST_BYTES);
    String kept = System.getProperty("screenshots", "");
    if (!kept.isEmpty()) {
      Files.write(Files.createDirectories(Path.of(kept)).resolve(name), picture);
    }
  }

  /** WCAG 2.2, "Relative luminance". */
  private static final String LUMINANCE =
      """
      const luminance = colour => {
        const [r, g, b] = colour.match(/[\\d.]+/g).map(Number).map(c => c / 255)
          .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
        return 0.2126 * r + 0.7152 * g + 0.0722 * b;
      };
      """;

  private static final String LIGHTNESS =
      "(() => {"
          + LUMINANCE
          + "return luminance(getComputedStyle(document.body).backgroundColor)})()";

  /** "Success Criterion 1.4.3 Contrast (Minimum)": 4.5 for each text, or its place. */
  private static final String CONTRASTS =
      "(() => {"
          + LUMINANCE
          + """
          const ground = e => {
            const colour = getComputedStyle(e).backgroundColor;
            return colour === 'rgba(0, 0, 0, 0)' ? ground(e.parentElement) : colour;
          };
          const faint = [];
          for (const e of document.body.querySelectorAll('*')) {
            if (![...e.childNodes].some(n => n.nodeType === 3 && n.data.trim())) continue;
            const [a, b] = [luminance(getComputedStyle(e).color), luminance(ground(e))];
            const contrast = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            if (contrast < 4.5) faint.push(`${e.tagName} ${e.className} ${contrast}`);
          }
          return faint.join('; ');
          })()
          """;
}
