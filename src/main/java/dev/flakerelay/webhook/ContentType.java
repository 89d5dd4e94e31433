package dev.flakerelay.webhook;

import java.util.Locale;

/** The two encodings that GitHub lets a webhook choose, by media type (RFC 9110, "Media Type"). */
enum ContentType {
  /** {@code application/json}. */
  JSON,
  /** {@code application/x-www-form-urlencoded}, the JSON in the field {@code payload}. */
  FORM,
  /** Anything else, also none. */
  OTHER;

  /** What the request says of itself; parameters such as {@code charset} don't count. */
  static ContentType of(RequestHead head) {
    String value = head.header(DeliveryHeaders.CONTENT_TYPE).orElse("");
    int parameters = value.indexOf(';');
    String mediaType = parameters < 0 ? value : value.substring(0, parameters);
    return switch (mediaType.strip().toLowerCase(Locale.ROOT)) {
      case "application/json" -> JSON;
      case "application/x-www-form-urlencoded" -> FORM;
      default -> OTHER;
    };
  }
}
