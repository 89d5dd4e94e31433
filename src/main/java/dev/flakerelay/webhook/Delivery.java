package dev.flakerelay.webhook;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One signed webhook call of GitHub's (GitHub Docs, "Webhook events and payloads").
 *
 * @param event the event's name, {@code [a-z_]{1,64}}
 * @param id what GitHub calls the delivery, a GUID; it gets into commits and logs, so it is held to
 *     1 to 64 characters of {@code A-Z a-z 0-9 . _ -}, the first a letter or digit
 * @param request whose body says what happened; looked into only where a route waits for the event
 */
record Delivery(String event, String id, Request request) {
  private static final Pattern EVENT = Pattern.compile("[a-z_]{1,64}");
  private static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
  private static final String FORM_FIELD = "payload=";

  static boolean isEvent(String text) {
    return EVENT.matcher(text).matches();
  }

  static boolean isId(String text) {
    return ID.matcher(text).matches();
  }

  /**
   * Checks the headers that every delivery has.
   *
   * @throws MalformedDeliveryException if one is missing or has another form
   */
  static void checkHead(RequestHead head) throws MalformedDeliveryException {
    var _ = header(head, DeliveryHeaders.EVENT, EVENT);
    var _ = header(head, DeliveryHeaders.ID, ID);
  }

  /**
   * Reads a request whose signature was found right.
   *
   * @throws MalformedDeliveryException if a header is missing or has another form
   */
  static Delivery parse(Request request) throws MalformedDeliveryException {
    RequestHead head = request.head();
    String event = header(head, DeliveryHeaders.EVENT, EVENT);
    String id = header(head, DeliveryHeaders.ID, ID);
    return new Delivery(event, id, request);
  }

  /**
   * Reads the body.
   *
   * @throws MalformedDeliveryException if it can't be read
   */
  Payload payload() throws MalformedDeliveryException {
    byte[] body = request.body();
    return Payload.parse(
        ContentType.of(request.head()) == ContentType.FORM ? formField(body) : body);
  }

  private static String header(RequestHead head, String name, Pattern form)
      throws MalformedDeliveryException {
    String value =
        head.header(name)
            .orElseThrow(
                () -> new MalformedDeliveryException("the header " + name + " is missing"));
    if (!form.matcher(value).matches()) {
      throw new MalformedDeliveryException("the header " + name + " is not of the form " + form);
    }
    return value;
  }

  /**
   * The bytes of {@code payload} in a form (URL Standard, "application/x-www-form-urlencoded").
   * Latin-1 both ways keeps every byte as it is, so that wrong UTF-8 is still seen as wrong.
   */
  private static byte[] formField(byte[] form) throws MalformedDeliveryException {
    List<String> values = new ArrayList<>();
    for (String field : new String(form, StandardCharsets.ISO_8859_1).split("&", -1)) {
      if (field.startsWith(FORM_FIELD)) {
        values.add(field.substring(FORM_FIELD.length()));
      }
    }
    if (values.size() != 1) {
      throw new MalformedDeliveryException(
          "the form has the field payload " + values.size() + " times instead of once");
    }
    try {
      return URLDecoder.decode(values.getFirst(), StandardCharsets.ISO_8859_1)
          .getBytes(StandardCharsets.ISO_8859_1);
    } catch (IllegalArgumentException e) {
      throw new MalformedDeliveryException(
          "the form's field payload has a broken percent escape", e);
    }
  }
}
