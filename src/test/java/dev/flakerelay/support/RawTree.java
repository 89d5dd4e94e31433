package dev.flakerelay.support;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/** A tree with any entries, also such as Git itself would never write. */
public final class RawTree {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /**
   * One more entry, after the others.
   *
   * @param mode such as {@code 100644}
   * @param name its bytes, one character each
   * @param id of any object, or of none
   */
  public RawTree add(String mode, String name, String id) {
    bytes.writeBytes((mode + " " + name + "\0").getBytes(StandardCharsets.ISO_8859_1));
    bytes.writeBytes(HexFormat.of().parseHex(id));
    return this;
  }

  /** The tree's bytes. */
  public byte[] bytes() {
    return bytes.toByteArray();
  }

  /** Puts it into a repository; its id. */
  public String write(TestRepository repository) {
    return write(repository, "tree", bytes());
  }

  /** Puts any object into a repository; its id. */
  public static String write(TestRepository repository, String type, byte[] bytes) {
    return GitCommand.in(repository.directory())
        .attempt(bytes, "hash-object", "-t", type, "-w", "--stdin", "--literally")
        .succeeded()
        .text()
        .strip();
  }

  /**
   * Folders in folders, each twice in the one above it: 2 to the power of {@code height} paths.
   *
   * @param leaf the tree at the bottom
   */
  public static String doubling(TestRepository repository, String leaf, int height) {
    String id = leaf;
    for (int i = 0; i < height; i++) {
      id = new RawTree().add("40000", "a", id).add("40000", "b", id).write(repository);
    }
    return id;
  }
}
