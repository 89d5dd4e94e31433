package dev.flakerelay.support;

import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The {@code aws} program, pointed at the LocalStack that the system property {@code
 * localstack.endpoint} names. Nothing of this machine's AWS configuration is used.
 */
public final class AwsCommand {
  /** The region in which LocalStack takes requests that name none. */
  public static final String REGION = "us-east-1";

  private final URI endpoint;

  private AwsCommand(URI endpoint) {
    this.endpoint = endpoint;
  }

  /** Of the LocalStack that these tests run against. */
  public static AwsCommand onLocalStack() {
    return new AwsCommand(URI.create(System.getProperty("localstack.endpoint")));
  }

  /** Where LocalStack listens. */
  public URI endpoint() {
    return endpoint;
  }

  /**
   * Runs a command.
   *
   * @param command such as {@code sqs list-queues}
   * @param options what follows it, such as {@code --queue-url}; values that are not text in JSON
   * @return what it answers; a missing node if it answers nothing
   * @throws AssertionError if it fails; says what the program wrote
   */
  public JsonNode run(String command, Map<String, String> options) {
    // As an option: from the environment `aws sqs` would not take the endpoint.
    List<String> all = new ArrayList<>(List.of("aws", "--endpoint-url", endpoint.toString()));
    all.addAll(List.of(command.split(" ")));
    options.forEach((name, value) -> all.addAll(List.of(name, value)));
    Execution execution = Execution.of(Path.of("."), environment(), new byte[0], all).succeeded();
    return JsonMapper.shared().readTree(execution.output());
  }

  private Map<String, String> environment() {
    Map<String, String> environment = new HashMap<>();
    environment.put("PATH", System.getenv("PATH"));
    environment.put("AWS_CONFIG_FILE", "/dev/null");
    environment.put("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    environment.put("AWS_DEFAULT_REGION", REGION);
    environment.put("AWS_ACCESS_KEY_ID", "test");
    environment.put("AWS_SECRET_ACCESS_KEY", "test");
    environment.put("AWS_DEFAULT_OUTPUT", "json");
    environment.put("NO_PROXY", "*");
    return environment;
  }
}
