package dev.flakerelay.local.admin;

import dev.flakerelay.process.PrivateFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * What the page's forms show, and no other site knows: 64 hex digits, kept in the data folder so
 * that a page that is open outlives a restart.
 *
 * @param text the digits
 */
public record FormToken(String text) {
  private static final String FILE = "admin-token";

  /**
   * The token of a data folder, which is made if there is none.
   *
   * @throws IOException if it can be neither read nor written
   */
  public static FormToken in(Path folder) throws IOException {
    Path file = folder.resolve(FILE);
    PrivateFiles.file(file);
    String known = Files.readString(file, StandardCharsets.US_ASCII).strip();
    if (known.matches("[0-9a-f]{64}")) {
      return new FormToken(known);
    }
    byte[] random = new byte[32];
    new SecureRandom().nextBytes(random);
    String made = HexFormat.of().formatHex(random);
    Files.writeString(file, made + "\n", StandardCharsets.US_ASCII);
    return new FormToken(made);
  }

  /** Whether this is the token; says nothing by the time it takes. */
  boolean is(String shown) {
    return MessageDigest.isEqual(
        text.getBytes(StandardCharsets.UTF_8), shown.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "FormToken[…]";
  }
}
