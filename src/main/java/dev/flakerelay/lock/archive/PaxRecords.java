package dev.flakerelay.lock.archive;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What stands before an entry that does not fit into its header ("pax Extended Header", POSIX pax
 * utility): {@code LENGTH KEY=VALUE} and a newline, once or more.
 */
final class PaxRecords {
  /** Nothing stands before it. */
  static final PaxRecords NONE = new PaxRecords(Map.of());

  private final Map<String, byte[]> values;

  private PaxRecords(Map<String, byte[]> values) {
    this.values = values;
  }

  static PaxRecords of(byte[] block) throws ArchiveException {
    Map<String, byte[]> values = new HashMap<>();
    int at = 0;
    while (at < block.length) {
      int space = find(block, at, (byte) ' ');
      String digits = new String(block, at, space - at, StandardCharsets.ISO_8859_1);
      if (!digits.matches("[1-9][0-9]{0,6}")) {
        throw damaged();
      }
      int end = at + Integer.parseInt(digits);
      int equals = find(block, space, (byte) '=');
      if (end > block.length || equals >= end || block[end - 1] != '\n') {
        throw damaged();
      }
      String key = new String(block, space + 1, equals - space - 1, StandardCharsets.ISO_8859_1);
      if (values.put(key, Arrays.copyOfRange(block, equals + 1, end - 1)) != null) {
        throw damaged();
      }
      at = end;
    }
    return new PaxRecords(values);
  }

  private static int find(byte[] block, int from, byte wanted) throws ArchiveException {
    for (int i = from; i < block.length; i++) {
      if (block[i] == wanted) {
        return i;
      }
    }
    throw damaged();
  }

  private static ArchiveException damaged() {
    return new ArchiveException("the archive is damaged: a pax header in it can't be read");
  }

  /**
   * Refuses whatever changes how an entry is read, but for these.
   *
   * @throws ArchiveException naming the first other
   */
  PaxRecords requireOnly(String... keys) throws ArchiveException {
    for (String key : values.keySet()) {
      if (!Arrays.asList(keys).contains(key)) {
        throw new ArchiveException("the archive has a pax header `" + key + "`");
      }
    }
    return this;
  }

  /**
   * A path.
   *
   * @throws ArchiveException if it has characters beyond ASCII, which nix reads by its locale
   */
  Optional<byte[]> path(String key) throws ArchiveException {
    byte[] path = values.get(key);
    if (path == null) {
      return Optional.empty();
    }
    try {
      StandardCharsets.US_ASCII.newDecoder().decode(ByteBuffer.wrap(path));
      return Optional.of(path);
    } catch (CharacterCodingException e) {
      throw new ArchiveException("the archive has a long path with characters beyond ASCII");
    }
  }

  /** A text of ASCII; empty if there is none. */
  Optional<String> text(String key) {
    return Optional.ofNullable(values.get(key))
        .map(value -> new String(value, StandardCharsets.ISO_8859_1));
  }

  /** A number. */
  Optional<Long> number(String key) throws ArchiveException {
    Optional<String> text = text(key);
    if (text.isPresent() && !text.get().matches("[0-9]{1,15}")) {
      throw damaged();
    }
    return text.map(Long::parseLong);
  }
}
