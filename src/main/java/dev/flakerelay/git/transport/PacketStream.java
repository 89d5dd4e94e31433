package dev.flakerelay.git.transport;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What a Git server sends, counted. It comes in packets with a length of four hexadecimal digits; a
 * packet of a pack begins with the byte 1, one of messages for people with 2 ("gitprotocol-common"
 * and "gitprotocol-pack" in Git's manual). Messages past the first are left out.
 */
final class PacketStream extends FilterInputStream {
  /** What a stream may hold. */
  enum Content {
    /** What the server has and can do, kept in memory. */
    NAMES,
    /** The answer to a request. */
    ANSWER,
    /** The one, up to the first empty packet, and then the other. */
    NAMES_THEN_ANSWER
  }

  private static final byte[] SIGNATURE = "PACK".getBytes(StandardCharsets.US_ASCII);

  /** A capability ("object-format" in "gitprotocol-capabilities"), without its first letter. */
  private static final byte[] SHA_256 = "bject-format=sha256".getBytes(StandardCharsets.US_ASCII);

  private static final int PACK = 1;
  private static final int MESSAGE = 2;

  private final Traffic traffic;
  private Content content;

  /** The packet's length and its first byte, and how much of them was handed on. */
  private final byte[] head = new byte[5];

  private int headSize;
  private int headRead;

  /** What is still to come of the packet. */
  private int left;

  /** The packet is one of a pack. */
  private boolean packed;

  /** Packets are over: a pack without them follows. */
  private boolean raw;

  /** "PACK", version, number of objects ("gitformat-pack" in Git's manual). */
  private final byte[] packHead = new byte[12];

  private int packHeadSize;

  /** How much of {@link #SHA_256} was read last. */
  private int sha256Size;

  PacketStream(InputStream in, Traffic traffic, Content content) {
    super(in);
    this.traffic = traffic;
    this.content = content;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] to, int from, int length) throws IOException {
    if (length == 0) {
      return 0;
    }
    while (headRead == headSize && left == 0 && !raw) {
      if (!readHead()) {
        return -1;
      }
    }
    if (headRead < headSize) {
      int some = Math.min(length, headSize - headRead);
      System.arraycopy(head, headRead, to, from, some);
      headRead += some;
      return some;
    }
    int some = in.read(to, from, raw ? length : Math.min(length, left));
    if (some < 0) {
      return -1;
    }
    traffic.add(some);
    left -= raw ? 0 : some;
    if (packed) {
      look(to, from, some);
    } else {
      lookForSha256(to, from, some);
    }
    return some;
  }

  /** JGit takes the ids of such a repository for SHA-1, and fails of whatever comes of that. */
  private void lookForSha256(byte[] bytes, int from, int length) throws IOException {
    for (int i = from; i < from + length; i++) {
      boolean next = bytes[i] == SHA_256[sha256Size];
      sha256Size = next ? sha256Size + 1 : bytes[i] == SHA_256[0] ? 1 : 0;
      if (sha256Size == SHA_256.length) {
        throw traffic.refuse("SHA-256 ids, which nix can't read: use a repository with SHA-1");
      }
    }
  }

  /** Goes to the next packet that is handed on; false at the end. */
  private boolean readHead() throws IOException {
    headRead = 0;
    packed = false;
    headSize = in.readNBytes(head, 0, 4);
    traffic.add(headSize);
    int length = headSize == 4 ? length() : -1;
    if (length < 0) {
      raw = true;
      packed = true;
      packHeadSize = 0;
      look(head, 0, headSize);
      return headSize > 0;
    }
    if (length <= 4) {
      packHeadSize = 0;
      if (length == 0 && content == Content.NAMES_THEN_ANSWER) {
        content = Content.ANSWER;
      }
      return true;
    }
    int first = in.read();
    if (first < 0) {
      return true;
    }
    head[headSize++] = (byte) first;
    left = length - headSize;
    traffic.add(1);
    if (content == Content.ANSWER && first == PACK) {
      packed = true;
    } else if (content == Content.ANSWER && first == MESSAGE) {
      if (!traffic.addMessage(length)) {
        leaveOut();
      }
    } else {
      packHeadSize = 0;
      traffic.addText(length);
    }
    return true;
  }

  private int length() {
    try {
      return Integer.parseUnsignedInt(new String(head, 0, 4, StandardCharsets.US_ASCII), 16);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private void leaveOut() throws IOException {
    traffic.add(left);
    in.skipNBytes(left);
    left = 0;
    headSize = 0;
  }

  /** JGit makes room for all objects that are announced before it sees the first. */
  private void look(byte[] bytes, int from, int length) throws IOException {
    int some = Math.min(length, packHead.length - packHeadSize);
    if (some <= 0) {
      return;
    }
    System.arraycopy(bytes, from, packHead, packHeadSize, some);
    packHeadSize += some;
    boolean whole = packHeadSize == packHead.length;
    if (whole && Arrays.equals(packHead, 0, 4, SIGNATURE, 0, 4)) {
      traffic.addObjects(Integer.toUnsignedLong(ByteBuffer.wrap(packHead).getInt(8)));
    }
  }

  @Override
  public int available() throws IOException {
    return headSize - headRead + Math.min(left, in.available());
  }

  @Override
  public long skip(long bytes) throws IOException {
    return Math.max(0, read(new byte[(int) Math.min(bytes, 8192)]));
  }

  @Override
  public boolean markSupported() {
    return false;
  }
}
