package dev.flakerelay.webhook;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A delivery with one to four random changes, signed before or after them. */
final class DeliveryMutation {
  private static final JsonMapper JSON = JsonMapper.shared();
  private static final String SIGNATURE = "x-hub-signature-256";

  private static final List<String> NASTY =
      List.of(
          "",
          "\u0000",
          "\r\nX-Forged: 1",
          "\u202e\u2066",
          "$(reboot)\n\nFlake-Rev: 1",
          "null",
          "-1",
          "1e400",
          "[",
          "{}",
          "\ud800",
          "é💥",
          "a".repeat(5000),
          "../../etc",
          "{sha}",
          "true",
          "0".repeat(40));

  private final Random random;
  private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final StringBuilder history = new StringBuilder();
  private final boolean rightlySigned;
  private byte[] body;

  DeliveryMutation(Random random, Original original) {
    this.random = random;
    this.headers.putAll(original.headers);
    this.body = original.body.clone();
    this.history.append(original.name);
    for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
      change();
    }
    boolean signedAfter = random.nextInt(3) > 0;
    if (signedAfter) {
      headers.put(SIGNATURE, DeliveryFuzzTest.signature(body));
      history.append(", signed after");
    }
    rightlySigned = signedAfter || DeliveryFuzzTest.signature(body).equals(headers.get(SIGNATURE));
  }

  Request request() {
    return Request.of("POST", "/webhook", headers, body);
  }

  boolean isRightlySigned() {
    return rightlySigned;
  }

  private void change() {
    switch (random.nextInt(7)) {
      case 0 -> note("bytes").flipBytes();
      case 1 -> note("cut").cut();
      case 2, 3 -> note("json").mutateJson();
      case 4 -> note("headers").mutateHeader();
      case 5 -> note("encoding").encode();
      default -> note("size").resize();
    }
  }

  private DeliveryMutation note(String what) {
    history.append(", ").append(what);
    return this;
  }

  private void flipBytes() {
    for (int flips = random.nextInt(8); flips >= 0 && body.length > 0; flips--) {
      body[random.nextInt(body.length)] = (byte) random.nextInt(256);
    }
  }

  private void cut() {
    int from = random.nextInt(body.length + 1);
    body = Arrays.copyOfRange(body, from / 8, Math.max(from / 8, body.length - random.nextInt(20)));
  }

  private void mutateJson() {
    try {
      JsonNode json = JSON.readTree(body);
      JsonNode place = json;
      for (int depth = random.nextInt(4);
          depth > 0 && place.isContainer() && !place.isEmpty();
          depth--) {
        place =
            place.values().stream().skip(random.nextInt(place.size())).findFirst().orElse(place);
      }
      if (place instanceof ObjectNode object && !object.isEmpty()) {
        String name =
            object.propertyNames().stream()
                .skip(random.nextInt(object.size()))
                .findFirst()
                .orElse("");
        switch (random.nextInt(3)) {
          case 0 -> object.remove(name);
          case 1 -> object.set(name, value());
          default -> object.set(nasty(), value());
        }
      } else if (place instanceof ArrayNode array) {
        array.add(value());
      }
      body = JSON.writeValueAsBytes(json);
    } catch (JacksonException e) {
      flipBytes(); // an earlier change left no JSON
    }
  }

  private JsonNode value() {
    return switch (random.nextInt(8)) {
      case 0 -> JSON.getNodeFactory().nullNode();
      case 1 -> JSON.getNodeFactory().numberNode(random.nextDouble() * 1e300);
      case 2 -> JSON.getNodeFactory().booleanNode(random.nextBoolean());
      case 3 -> JSON.createObjectNode().put(nasty(), nasty());
      case 4 -> JSON.createArrayNode().add(nasty());
      case 5 -> nested(random.nextInt(200));
      default -> JSON.getNodeFactory().stringNode(nasty());
    };
  }

  private static JsonNode nested(int depth) {
    JsonNode inner = JSON.createArrayNode();
    for (int i = 0; i < depth; i++) {
      inner = JSON.createArrayNode().add(inner);
    }
    return inner;
  }

  private void mutateHeader() {
    List<String> names = List.copyOf(headers.keySet());
    String name = names.isEmpty() ? "x" : names.get(random.nextInt(names.size()));
    switch (random.nextInt(5)) {
      case 0 -> headers.remove(name);
      case 1 -> headers.put(name, nasty());
      case 2 -> headers.computeIfPresent(name, (n, value) -> value + "," + value);
      case 3 -> headers.computeIfPresent(name, (n, value) -> value.toUpperCase(Locale.ROOT));
      default -> headers.put("x-" + random.nextInt(100), nasty());
    }
  }

  private void encode() {
    switch (random.nextInt(5)) {
      case 0 -> body = Base64.getEncoder().encode(body);
      case 1 -> body = new String(body, UTF_8).getBytes(UTF_16);
      case 2 -> body = ("\ufeff" + new String(body, UTF_8)).getBytes(UTF_8);
      case 3 -> body = new String(body, UTF_8).getBytes(ISO_8859_1);
      default -> {
        body = ("payload=" + URLEncoder.encode(new String(body, UTF_8), UTF_8)).getBytes(UTF_8);
        headers.put("content-type", "application/x-www-form-urlencoded");
      }
    }
  }

  private void resize() {
    body =
        switch (random.nextInt(2000)) {
          case 0 -> Arrays.copyOf(body, Request.LONGEST_BODY + random.nextInt(3) - 1);
          case 1, 2 -> new byte[0];
          default -> Arrays.copyOf(body, body.length + random.nextInt(300));
        };
  }

  private String nasty() {
    return NASTY.get(random.nextInt(NASTY.size()));
  }

  @Override
  public String toString() {
    return history.toString();
  }

  /** A delivery as its fixture has it. */
  static final class Original {
    private final String name;
    private final Map<String, String> headers;
    private final byte[] body;

    Original(String name, Map<String, String> headers, byte[] body) {
      this.name = name;
      this.headers = headers;
      this.body = body;
    }
  }
}
