package dev.flakerelay.lambda;

import dev.flakerelay.webhook.Answer;
import dev.flakerelay.webhook.Request;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The envelope in which API Gateway's HTTP API hands a request to a function, payload format 2.0
 * (API Gateway Developer Guide, "Create AWS Lambda proxy integrations for HTTP APIs"): header names
 * are lower case, repeated headers joined by a comma, a body that is not text is in Base64.
 *
 * @param source the address that the request came from; empty if AWS itself made it
 */
record HttpEvent(Request request, Optional<String> source) {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /**
   * Unpacks the request.
   *
   * @throws IOException if the event has another form: something else than an HTTP API with payload
   *     format 2.0 invoked the function
   */
  static HttpEvent read(InputStream event) throws IOException {
    try {
      JsonNode root = JSON.readTree(event);
      JsonNode http = root.at("/requestContext/http");
      if (!root.path("version").asString("").equals("2.0") || !http.isObject()) {
        throw new IOException("the event is not of an HTTP API with payload format version 2.0");
      }
      Map<String, String> headers = new HashMap<>();
      root.path("headers")
          .properties()
          .forEach(h -> headers.put(h.getKey(), h.getValue().asString("")));
      return new HttpEvent(
          Request.of(http.path("method").asString(""), path(root), headers, body(root)),
          http.path("sourceIp").stringValueOpt());
    } catch (JacksonException | IllegalArgumentException e) {
      throw new IOException("the event can't be read as an HTTP API's request", e);
    }
  }

  /** The path without the stage: only the stage {@code $default} is not part of it. */
  private static String path(JsonNode root) {
    String path = root.path("rawPath").asString("");
    String stage = "/" + root.at("/requestContext/stage").asString("") + "/";
    return path.startsWith(stage) ? path.substring(stage.length() - 1) : path;
  }

  private static byte[] body(JsonNode root) {
    String body = root.path("body").asString("");
    return root.path("isBase64Encoded").asBoolean(false)
        ? Base64.getDecoder().decode(body)
        : body.getBytes(StandardCharsets.UTF_8);
  }

  /** Packs the answer, as UTF-8 JSON. */
  static byte[] response(Answer answer) {
    Map<String, String> headers = new LinkedHashMap<>(answer.headers());
    headers.put("Content-Type", Answer.CONTENT_TYPE);
    Map<String, Object> response = new LinkedHashMap<>();
    response.put("statusCode", answer.status());
    response.put("headers", headers);
    response.put("body", new String(answer.json(), StandardCharsets.UTF_8));
    response.put("isBase64Encoded", false);
    return JSON.writeValueAsBytes(response);
  }
}
