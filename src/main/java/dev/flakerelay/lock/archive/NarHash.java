package dev.flakerelay.lock.archive;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Map;

/**
 * The SHA-256 of a tree in the Nix Archive format ("Nix Archive (NAR) format" in the Nix manual):
 * every text is its length, 64 bits, little-endian, then its bytes, filled up to 8.
 */
final class NarHash {
  /** Deeper ones are left to nix. */
  private static final int DEEPEST = 200;

  private final Spool spool;
  private final MessageDigest digest;
  private final ByteBuffer buffer = ByteBuffer.allocate(64 * 1024).order(ByteOrder.LITTLE_ENDIAN);

  private NarHash(Spool spool, MessageDigest digest) {
    this.spool = spool;
    this.digest = digest;
  }

  /** The hash as lock files have it: {@code sha256-} and Base64 ("Subresource Integrity", W3C). */
  static String of(TreeNode root, Spool spool) throws IOException {
    try {
      NarHash hash = new NarHash(spool, MessageDigest.getInstance("SHA-256"));
      hash.text("nix-archive-1");
      hash.node(root, 0);
      hash.drain();
      return "sha256-" + Base64.getEncoder().encodeToString(hash.digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private void node(TreeNode node, int depth) throws IOException {
    if (depth > DEEPEST) {
      throw new ArchiveException("more than " + DEEPEST + " folders are in each other");
    }
    text("(");
    text("type");
    switch (node) {
      case TreeNode.SpooledFile(boolean isExecutable, long start, long size) -> {
        text("regular");
        if (isExecutable) {
          text("executable");
          text("");
        }
        text("contents");
        number(size);
        spool.read(start, size, this::raw);
        fill(size);
      }
      case TreeNode.Link(byte[] target) -> {
        text("symlink");
        text("target");
        text(target);
      }
      case TreeNode.Folder(var entries) -> {
        text("directory");
        for (Map.Entry<TreeName, TreeNode> each : entries.entrySet()) {
          text("entry");
          text("(");
          text("name");
          text(each.getKey().bytes());
          text("node");
          node(each.getValue(), depth + 1);
          text(")");
        }
      }
    }
    text(")");
  }

  private void text(String ascii) {
    text(ascii.getBytes(StandardCharsets.US_ASCII));
  }

  private void text(byte[] bytes) {
    number(bytes.length);
    raw(ByteBuffer.wrap(bytes));
    fill(bytes.length);
  }

  private void number(long value) {
    if (buffer.remaining() < Long.BYTES) {
      drain();
    }
    buffer.putLong(value);
  }

  private void fill(long size) {
    int count = (int) (-size & 7);
    if (buffer.remaining() < count) {
      drain();
    }
    for (int i = 0; i < count; i++) {
      buffer.put((byte) 0);
    }
  }

  private void raw(ByteBuffer bytes) {
    if (bytes.remaining() > buffer.remaining()) {
      drain();
    }
    if (bytes.remaining() > buffer.remaining()) {
      digest.update(bytes);
    } else {
      buffer.put(bytes);
    }
  }

  private void drain() {
    buffer.flip();
    digest.update(buffer);
    buffer.clear();
  }
}
