package dev.flakerelay.local.admin;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/**
 * An answer.
 *
 * @param status HTTP's
 * @param type the content's media type
 * @param body the content
 * @param headers what else goes out
 */
// The bytes are sent, never compared.
@SuppressWarnings("ArrayRecordComponent")
record Reply(int status, String type, byte[] body, Map<String, String> headers) {
  static Reply of(int status, String type, String body) {
    return new Reply(status, type, body.getBytes(StandardCharsets.UTF_8), Map.of());
  }

  /** A refusal, or another answer in plain words. */
  static Reply text(int status, String words) {
    return of(status, "text/plain; charset=utf-8", words + "\n");
  }

  /** Leads to a page. */
  static Reply seeOther(String location) {
    return new Reply(303, "text/plain; charset=utf-8", new byte[0], Map.of("Location", location));
  }
}
