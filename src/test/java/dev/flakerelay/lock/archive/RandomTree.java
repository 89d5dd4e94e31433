package dev.flakerelay.lock.archive;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.flakerelay.support.GitCommand;
import dev.flakerelay.support.TestRepository;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/** A commit with whatever a tree may have, made by chance from a seed. */
final class RandomTree {
  private static final List<String> NAMES =
      List.of(
          "a",
          "b",
          "foo",
          "foo-bar",
          "foo.txt",
          "foo0",
          "Foo",
          "flake.nix",
          ".gitignore",
          ".github",
          "-",
          "--help",
          " ",
          "with space",
          "quo\"te'",
          "back\\slash",
          "star*?",
          "new\nline",
          "tab\t",
          "\u00fcml\u00e4ut",
          "u\u0308",
          "\u65e5\u672c\u8a9e",
          "\ud83d\ude00",
          "$(id)",
          "#",
          "%41",
          "~",
          "con",
          "...",
          "..a",
          ".a",
          "a:b",
          "x".repeat(60));

  /** Bytes that are no UTF-8. */
  private static final List<String> RAW = List.of("\u00ff\u00fe", "caf\u00e9", "\u0080", "\u00c3(");

  private final Random random;
  private final boolean withRaw;

  /** Then not only ASCII: nix reads a long path that is not by its locale. */
  private final boolean isLong;

  private final ByteArrayOutputStream stream = new ByteArrayOutputStream();
  private final Set<String> taken = new TreeSet<>();

  private RandomTree(long seed, boolean withRaw) {
    this.random = new Random(seed);
    this.withRaw = withRaw;
    this.isLong = random.nextInt(3) == 0;
  }

  /** Makes a repository with one commit on main. */
  static TestRepository in(Path folder, long seed, boolean withRaw) {
    TestRepository repository = TestRepository.create(folder);
    RandomTree tree = new RandomTree(seed, withRaw);
    tree.commit();
    GitCommand.in(folder)
        .attempt(tree.stream.toByteArray(), "fast-import", "--quiet", "--force")
        .succeeded();
    return repository;
  }

  private void commit() {
    text(
        "commit refs/heads/main\ncommitter T <t@e> " + (1_700_000_000 + random.nextInt(1_000_000)));
    text(" +0130\ndata 1\nm\n");
    if (random.nextBoolean()) {
      file("100644", ".gitattributes", "foo.txt export-subst\nb export-ignore\n".getBytes(UTF_8));
    }
    folder("", 0);
  }

  private void folder(String prefix, int depth) {
    int count = 3 + random.nextInt(8);
    for (int i = 0; i < count; i++) {
      String path = prefix + name();
      if (path.getBytes(ISO_8859_1).length < 900 && taken.add(path)) {
        entry(path, depth);
      }
    }
  }

  private void entry(String path, int depth) {
    switch (random.nextInt(12)) {
      case 0 -> file("120000", path, link());
      case 1 -> file("100755", path, contents());
      case 2 -> file("100644", path, new byte[0]);
      case 3 -> text("M 160000 " + "1".repeat(40) + " " + quoted(path) + "\n");
      case 4, 5, 6 -> {
        if (depth < (isLong ? 5 : 3)) {
          folder(path + "/", depth + 1);
        }
      }
      default -> file("100644", path, contents());
    }
  }

  private String name() {
    if (withRaw && !isLong && random.nextInt(6) == 0) {
      return RAW.get(random.nextInt(RAW.size()));
    }
    if (isLong && random.nextInt(12) == 0) {
      return "y".repeat(90 + random.nextInt(120));
    }
    String name = NAMES.get(random.nextInt(NAMES.size()));
    boolean isAscii = name.chars().allMatch(each -> each < 0x80);
    return isLong && !isAscii ? "plain" : new String(name.getBytes(UTF_8), ISO_8859_1);
  }

  private byte[] link() {
    List<String> targets = new ArrayList<>(List.of("a", "../..", "/etc/passwd", "."));
    targets.add(isLong ? "long/".repeat(40) : "nowhere/\u00fc");
    return targets.get(random.nextInt(targets.size())).getBytes(UTF_8);
  }

  private byte[] contents() {
    if (random.nextInt(4) == 0) {
      return "$Format:%H %ad$\r\n".getBytes(UTF_8);
    }
    byte[] bytes = new byte[random.nextInt(40) == 0 ? 3_000_000 : random.nextInt(1_200)];
    random.nextBytes(bytes);
    return bytes;
  }

  private void file(String mode, String path, byte[] contents) {
    text("M " + mode + " inline " + quoted(path) + "\ndata " + contents.length + "\n");
    stream.writeBytes(contents);
    text("\n");
  }

  /** As fast-import reads any bytes. */
  private static String quoted(String path) {
    StringBuilder quoted = new StringBuilder("\"");
    for (byte each : path.getBytes(ISO_8859_1)) {
      quoted.append('\\').append("%03o".formatted(each & 0xff));
    }
    return quoted.append('"').toString();
  }

  private void text(String text) {
    stream.writeBytes(text.getBytes(ISO_8859_1));
  }
}
