package dev.flakerelay.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A Lambda function on LocalStack.
 *
 * @param name its name, or its name and an alias with a colon between
 */
public record LambdaFunction(AwsCommand aws, String name) {
  private static final HttpClient CLIENT = HttpClient.newHttpClient();
  private static final Duration PATIENCE = Duration.ofMinutes(2);

  /**
   * Invokes it and waits for its answer ("Invoke", AWS Lambda API reference); not by the command
   * line, whose start would keep two invocations from meeting.
   *
   * @throws AssertionError if the function fails
   */
  public JsonNode invoke(String event) {
    URI uri = aws.endpoint().resolve("/2015-03-31/functions/" + name + "/invocations");
    HttpResponse<String> answer =
        send(HttpRequest.newBuilder(uri).POST(BodyPublishers.ofString(event)));
    if (answer.statusCode() != 200
        || answer.headers().firstValue("X-Amz-Function-Error").isPresent()) {
      throw new AssertionError(name + " failed: " + answer.statusCode() + " " + answer.body());
    }
    return JsonMapper.shared().readTree(answer.body());
  }

  /**
   * Publishes a version with SnapStart and lets an alias name it, as the template says: LocalStack
   * leaves SnapStart out of it.
   *
   * @return the function under its alias
   */
  public LambdaFunction withSnapStart(String alias) {
    aws.run(
        "lambda update-function-configuration",
        Map.of("--function-name", name, "--snap-start", "ApplyOn=PublishedVersions"));
    Map<String, String> function = Map.of("--function-name", name);
    aws.run("lambda wait function-updated-v2", function);
    String version = aws.run("lambda publish-version", function).path("Version").asString();
    aws.run(
        "lambda wait published-version-active",
        Map.of("--function-name", name, "--qualifier", version));
    aws.run(
        "lambda update-alias",
        Map.of("--function-name", name, "--name", alias, "--function-version", version));
    return new LambdaFunction(aws, name + ":" + alias);
  }

  /**
   * Gives it a URL for everybody, whose requests have the form of an HTTP API's (payload format
   * 2.0): LocalStack has no HTTP APIs.
   *
   * @return the URL's host and port, which only LocalStack knows
   */
  public String createUrl() {
    String[] function = name.split(":", 2);
    String url =
        aws.run(
                "lambda create-function-url-config",
                Map.of(
                    "--function-name", function[0],
                    "--qualifier", function[1],
                    "--auth-type", "NONE"))
            .path("FunctionUrl")
            .asString();
    return URI.create(url).getAuthority();
  }

  /** Posts to the URL that has this host. */
  public HttpResponse<String> post(
      String host, String path, Map<String, String> headers, byte[] body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(aws.endpoint().resolve(path)).POST(BodyPublishers.ofByteArray(body));
    headers.forEach(request::header);
    return send(request.header("Host", host));
  }

  /** Sets an environment variable, besides those that it has. */
  public void setVariable(String variable, String value) {
    Map<String, String> function = Map.of("--function-name", name);
    Map<String, String> variables = new HashMap<>();
    aws.run("lambda get-function-configuration", function)
        .at("/Environment/Variables")
        .properties()
        .forEach(each -> variables.put(each.getKey(), each.getValue().asString()));
    variables.put(variable, value);
    String environment = JsonMapper.shared().writeValueAsString(Map.of("Variables", variables));
    aws.run(
        "lambda update-function-configuration",
        Map.of("--function-name", name, "--environment", environment));
    aws.run("lambda wait function-updated-v2", function);
  }

  /** {@code kill -9} for all its environments, which are processes of this machine. */
  public void kill() {
    ProcessHandle.allProcesses()
        .filter(each -> each.info().commandLine().filter(line -> line.contains(name)).isPresent())
        .forEach(ProcessHandle::destroyForcibly);
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) {
    try {
      return CLIENT.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
