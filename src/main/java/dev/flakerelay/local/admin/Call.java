package dev.flakerelay.local.admin;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A request.
 *
 * @param query what stands behind the path's {@code ?}, or nothing
 * @param headers by lower-case name
 * @param body its body as text
 */
record Call(String method, String path, String query, Map<String, String> headers, String body) {
  Optional<String> header(String name) {
    return Optional.ofNullable(headers.get(name));
  }

  /** A field of the query. */
  Optional<String> asked(String name) {
    return Optional.ofNullable(fields(query).get(name));
  }

  /** A field of the form that was sent. */
  Optional<String> sent(String name) {
    return Optional.ofNullable(fields(body).get(name));
  }

  private static Map<String, String> fields(String form) {
    Map<String, String> fields = new HashMap<>();
    for (String field : form.split("&", -1)) {
      String[] parts = field.split("=", 2);
      try {
        fields.put(
            URLDecoder.decode(parts[0], StandardCharsets.UTF_8),
            URLDecoder.decode(parts.length > 1 ? parts[1] : "", StandardCharsets.UTF_8));
      } catch (IllegalArgumentException e) {
        // A wrong percent sequence: no field of ours.
      }
    }
    return fields;
  }
}
