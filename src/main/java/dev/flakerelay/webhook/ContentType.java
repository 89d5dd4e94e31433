package dev.flakerelay.webhook;

import java.util.Locale;
import java.util.regex.Pattern;

/** The two encodings that GitHub lets a webhook choose, by media type (RFC 9110, "Media Type"). */
enum ContentType {
  /** {@code application/json}, or another type that says it is JSON (RFC 6839, "+json"). */
  JSON,
  /** {@code application/x-www-form-urlencoded}, the JSON in the field {@code payload}. */
  FORM,
  /** Anything else, also none. */
  OTHER;

  private static final Pattern JSON_TYPE =
      Pattern.compile("application/(?:[a-z0-9][a-z0-9!#$&^_.+-]*\\+)?json");

  /** What the request says of itself; parameters such as {@code charset} don't count. */
  static ContentType of(RequestHead head) {
    String value = head.header(DeliveryHeaders.CONTENT_TYPE).orElse("");
    int parameters = value.indexOf(';');
    String mediaType = parameters < 0 ? value : value.substring(0, parameters);
    String type = mediaType.strip().toLowerCase(Locale.ROOT);
    if (JSON_TYPE.matcher(type).matches()) {
      return JSON;
    }
    return type.equals("application/x-www-form-urlencoded") ? FORM : OTHER;
  }
}
