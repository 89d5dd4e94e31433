package dev.flakerelay.support;

import java.net.URI;
import java.util.Map;

/**
 * Points every client that the AWS SDK makes at an endpoint of this machine, until it is closed.
 * The SDK reads its system properties as it reads the environment.
 */
public final class SdkSettings implements AutoCloseable {
  private final Map<String, String> properties;

  /** Takes effect at once. */
  public SdkSettings(URI endpoint) {
    properties =
        Map.of(
            "aws.endpointUrl",
            endpoint.toString(),
            "aws.region",
            AwsCommand.REGION,
            "aws.accessKeyId",
            "test",
            "aws.secretAccessKey",
            "test");
    properties.forEach(System::setProperty);
  }

  @Override
  public void close() {
    properties.keySet().forEach(System::clearProperty);
  }
}
