package dev.flakerelay.support;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A SAM template on LocalStack, deployed as {@code sam deploy} does it: archives in S3, a change
 * set, its execution. Closing it deletes the stack.
 */
public final class DeployedStack implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final Pattern FOLDER = Pattern.compile("(?m)^ +(?:Code|Content)Uri: (\\S+)$");

  private final AwsCommand aws;
  private final String name;
  private final Map<String, String> resources = new HashMap<>();

  private DeployedStack(AwsCommand aws, String name) {
    this.aws = aws;
    this.name = name;
  }

  /**
   * Deploys a template, and waits until everything is there.
   *
   * @param work an empty folder for what is sent
   * @param folders what the template's {@code CodeUri} and {@code ContentUri} stand for
   * @param parameters the template's parameters that have another value than their default
   */
  public static DeployedStack deploy(
      AwsCommand aws,
      String name,
      Path template,
      Path work,
      Map<String, Path> folders,
      Map<String, String> parameters) {
    DeployedStack stack = new DeployedStack(aws, name);
    try {
      stack.create(stack.packaged(template, work, folders), parameters);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return stack;
  }

  /** What {@code sam package} makes of the template: local folders become archives in S3. */
  private Path packaged(Path template, Path work, Map<String, Path> folders) throws IOException {
    aws.run("s3api create-bucket", Map.of("--bucket", name));
    Map<String, String> uploaded = new HashMap<>();
    for (Map.Entry<String, Path> folder : folders.entrySet()) {
      String key = folder.getKey().replace('/', '-') + ".zip";
      Path archive = work.resolve(key);
      zip(folder.getValue(), archive);
      aws.run(
          "s3api put-object", Map.of("--bucket", name, "--key", key, "--body", archive.toString()));
      uploaded.put(folder.getKey(), "s3://" + name + "/" + key);
    }
    String text =
        FOLDER
            .matcher(Files.readString(template))
            .replaceAll(
                (MatchResult line) ->
                    line.group()
                        .replace(
                            line.group(1),
                            Optional.ofNullable(uploaded.get(line.group(1)))
                                .orElseThrow(
                                    () -> new AssertionError("no folder for " + line.group()))));
    return Files.writeString(work.resolve("packaged.yaml"), text);
  }

  private static void zip(Path folder, Path archive) throws IOException {
    try (var files = Files.walk(folder);
        ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(archive))) {
      zip.setLevel(Deflater.BEST_SPEED);
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        zip.putNextEntry(new ZipEntry(folder.relativize(file).toString()));
        Files.copy(file, zip);
      }
    }
  }

  private void create(Path template, Map<String, String> parameters) {
    List<Map<String, String>> list = new ArrayList<>();
    parameters.forEach(
        (key, value) -> list.add(Map.of("ParameterKey", key, "ParameterValue", value)));
    cloudFormation(
        "create-change-set --change-set-name create --change-set-type CREATE",
        Map.of(
            "--template-body",
            "file://" + template,
            "--capabilities",
            "[\"CAPABILITY_IAM\", \"CAPABILITY_AUTO_EXPAND\"]",
            "--parameters",
            JsonMapper.shared().writeValueAsString(list)));
    awaitStatus("Status", "describe-change-set --change-set-name create");
    cloudFormation("execute-change-set --change-set-name create", Map.of());
    awaitStatus("StackStatus", "describe-stacks");
    for (JsonNode resource :
        cloudFormation("describe-stack-resources", Map.of()).path("StackResources")) {
      resources.put(
          resource.path("LogicalResourceId").asString(),
          resource.path("PhysicalResourceId").asString());
    }
  }

  private void awaitStatus(String field, String command) {
    Await.until(
        PATIENCE,
        () -> {
          JsonNode answer = cloudFormation(command, Map.of());
          String status = answer.findValue(field).asString();
          if (status.contains("FAILED") || status.contains("ROLLBACK")) {
            throw new AssertionError(
                answer + "\n" + cloudFormation("describe-stack-events", Map.of()));
          }
          return status.endsWith("_COMPLETE") && !status.startsWith("REVIEW");
        });
  }

  private JsonNode cloudFormation(String command, Map<String, String> options) {
    Map<String, String> all = new HashMap<>(options);
    all.put("--stack-name", name);
    return aws.run("cloudformation " + command, all);
  }

  /** A resource's name or ARN in AWS, by its name in the template. */
  public String resource(String logicalId) {
    String id = resources.get(logicalId);
    if (id == null) {
      throw new AssertionError("the stack has no " + logicalId + ", but " + resources.keySet());
    }
    return id;
  }

  @Override
  public void close() {
    cloudFormation("delete-stack", Map.of());
    Await.until(PATIENCE, this::isDeleted);
  }

  /** A stack that is gone is found no more by its name, but is still in the list. */
  private boolean isDeleted() {
    return aws.run("cloudformation list-stacks", Map.of())
        .path("StackSummaries")
        .valueStream()
        .filter(stack -> stack.path("StackName").asString().equals(name))
        .allMatch(stack -> stack.path("StackStatus").asString().equals("DELETE_COMPLETE"));
  }
}
