package dev.flakerelay.support;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Finds a secret in what a program left behind, in whatever form programs write such a thing: a
 * part of it as it is, in hexadecimal, percent-encoded, or within something that is Base64, as in
 * an {@code Authorization} header.
 */
public final class SecretSearch {
  /** So much of a secret is as good as all of it, and nothing else looks like it. */
  private static final int PART = 12;

  private final String name;
  private final Set<String> forms = new LinkedHashSet<>();

  /**
   * A search for one secret.
   *
   * @param name what it is called in messages
   * @param value at least {@value #PART} characters of ASCII that nothing else is made of
   */
  public SecretSearch(String name, String value) {
    this.name = name;
    for (int i = 0; i + PART <= value.length(); i++) {
      forms.add(value.substring(i, i + PART));
    }
    byte[] bytes = value.getBytes(StandardCharsets.US_ASCII);
    forms.add(HexFormat.of().formatHex(bytes));
    forms.add(HexFormat.ofDelimiter("%").formatHex(bytes));
    forms.add(URLEncoder.encode(value, StandardCharsets.US_ASCII));
    forms.add(URLEncoder.encode(value, StandardCharsets.US_ASCII).replace("+", "%20"));
    for (int offset = 0; offset < 3; offset++) {
      forms.add(withinBase64(bytes, offset));
    }
  }

  /** What all Base64 texts have in common that have the bytes at such an offset. */
  private static String withinBase64(byte[] bytes, int offset) {
    byte[] shifted = new byte[offset + bytes.length];
    System.arraycopy(bytes, 0, shifted, offset, bytes.length);
    String text = Base64.getEncoder().withoutPadding().encodeToString(shifted);
    int foreign = (offset * 8 + 5) / 6; // characters that belong to what stands before
    int whole = shifted.length * 8 / 6; // the next one belongs to what comes after, too
    return text.substring(foreign, whole);
  }

  /** Where some bytes hold it: what stands around each place. */
  public List<String> in(byte[] bytes) {
    String text = plain(new String(bytes, StandardCharsets.ISO_8859_1));
    List<String> found = new ArrayList<>();
    int end = 0; // of the last one: the parts of a secret overlap
    for (String form : forms) {
      for (int at = text.indexOf(plain(form)); at >= 0; at = text.indexOf(plain(form), at + 1)) {
        if (at < end - 200 || at > end) {
          end = Math.min(text.length(), at + 200);
          found.add(text.substring(Math.max(0, at - 200), end).strip());
        }
      }
    }
    return found;
  }

  /** Hexadecimal is written in either case, Base64 in two alphabets. */
  private static String plain(String text) {
    return text.toLowerCase(Locale.ROOT).replace('-', '+').replace('_', '/');
  }

  @Override
  public String toString() {
    return name;
  }
}
