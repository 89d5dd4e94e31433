package dev.flakerelay.bench;

import dev.flakerelay.Revision;
import dev.flakerelay.support.GitCommand;
import dev.flakerelay.support.TestRepository;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;

/** A repository whose commits are made without a work tree, however many files they have. */
final class BulkRepository {
  private static final long FIRST_COMMIT = 1_767_225_600; // 2026-01-01

  private final TestRepository repository;
  private int commits;

  private BulkRepository(TestRepository repository) {
    this.repository = repository;
  }

  /**
   * Makes one.
   *
   * @param files by path, besides those that make up its size
   */
  static BulkRepository create(Path folder, Size size, Map<String, String> files) {
    BulkRepository made = new BulkRepository(TestRepository.create(folder));
    Stream stream = made.new Stream();
    stream.commit("Begin");
    files.forEach(stream::file);
    stream.write();
    made.fill(size);
    return made;
  }

  /** Adds commits with as many files. */
  void fill(Size size) {
    Stream stream = new Stream();
    stream.commit("Fill");
    Random random = new Random(7);
    byte[] contents = new byte[size.bytes() / 2];
    for (int i = 0; i < size.files(); i++) {
      random.nextBytes(contents);
      stream.file("bulk/" + i / 100 + "/" + i % 100, HexFormat.of().formatHex(contents));
    }
    for (int i = 1; i < size.commits(); i++) {
      stream.commit("Change " + i);
      stream.file("CHANGES", "change " + i + "\n");
    }
    stream.write();
  }

  /** One more commit, which changes one file. */
  Revision commit(String path, String text) {
    Stream stream = new Stream();
    stream.commit("Change " + path);
    stream.file(path, text);
    stream.write();
    return repository.head("main");
  }

  TestRepository repository() {
    return repository;
  }

  /** The input of {@code git fast-import}. */
  private final class Stream {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private boolean isFirst = true;

    void commit(String message) {
      String date = FIRST_COMMIT + 60L * commits + " +0000";
      add("commit refs/heads/main\ncommitter Bench <bench@example.org> " + date + "\n");
      data(message);
      if (isFirst && commits > 0) {
        add("from refs/heads/main^0\n");
      }
      isFirst = false;
      commits++;
    }

    void file(String path, String text) {
      add("M 100644 inline " + path + "\n");
      data(text);
    }

    private void data(String text) {
      add("data " + text.length() + "\n" + text + "\n");
    }

    private void add(String text) {
      bytes.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    void write() {
      GitCommand.in(repository.directory())
          .attempt(bytes.toByteArray(), "fast-import", "--quiet")
          .succeeded();
    }
  }
}
