package dev.flakerelay.lambda;

import dev.flakerelay.Revision;
import dev.flakerelay.support.FlakeText;
import dev.flakerelay.support.ForwardProxy;
import dev.flakerelay.support.TestForge;
import dev.flakerelay.support.TestNix;
import dev.flakerelay.support.TestRepository;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.elasticmq.rest.sqs.SQSRestServer;
import org.elasticmq.rest.sqs.SQSRestServerBuilder;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * What functions in containers see of the world, for {@code .ci/sam.sh}: SQS, and a GitHub behind a
 * proxy that has the source and the target of {@code config/aws/relay.yaml}.
 */
final class ContainerWorld {
  /** What Git must show to see the target. */
  private static final String TOKEN = "token-of-the-containers";

  private static final String SOURCE = "markus-barta/nixfleet";
  private static final String TARGET = "markus-barta/nixcfg";

  private final Path folder;

  private ContainerWorld(Path folder) {
    this.folder = folder;
  }

  /**
   * Runs until its standard input ends. In the folder it leaves {@code world.env}, with everything
   * that has to be known of it as lines {@code NAME=value}, once it is ready, and the repositories.
   *
   * @param arguments an address of this machine that containers can reach, and a folder
   */
  public static void main(String[] arguments) throws IOException {
    InetAddress address = InetAddress.getByName(arguments[0]);
    ContainerWorld world = new ContainerWorld(Path.of(arguments[1]));
    SQSRestServer sqs = SQSRestServerBuilder.withInterface(arguments[0]).withDynamicPort().start();
    int port = sqs.waitUntilStarted().localAddress().getPort();
    try (TestForge forge = TestForge.behind(ForwardProxy.start(address))) {
      world.describe(forge, "http://" + arguments[0] + ":" + port);
      System.in.transferTo(System.out);
    } finally {
      sqs.stopAndWait();
    }
  }

  private void describe(TestForge forge, String sqs) throws IOException {
    TestRepository source = TestRepository.create(folder.resolve("source"));
    source.branch("master").write("flake.nix", FlakeText.describedAs("source").text());
    source.commit("First");
    forge.github(SOURCE, source);
    TestRepository target = target(forge);
    forge.hidden("github.com", TARGET, target, TOKEN);
    Revision release = source.write("VERSION", "2.1.1\n").commit("Release 2.1.1");
    Revision next = source.write("VERSION", "2.1.2\n").commit("Release 2.1.2");
    Path unfinished = folder.resolve("world.env.part");
    Files.writeString(
        unfinished,
        """
        SQS=%s
        QUEUE=%s
        DEAD_LETTERS=%s/000000000000/dead-letters.fifo
        PROXY=%s
        CERTIFICATE=%s
        TOKEN=%s
        TARGET=%s
        RELEASE=%s
        NEXT=%s
        """
            .formatted(
                sqs,
                queue(URI.create(sqs)),
                sqs,
                forge.proxy().url(),
                forge.certificate(),
                TOKEN,
                target.directory(),
                release,
                next));
    Files.move(unfinished, folder.resolve("world.env"));
  }

  private TestRepository target(TestForge forge) {
    TestRepository work = TestRepository.create(folder.resolve("work"));
    FlakeText flake = FlakeText.describedAs("target").input("nixfleet", "github:" + SOURCE);
    work.write("flake.nix", flake.text()).commit("Add the flake");
    TestNix.in(folder.resolve("nix"), forge.environment()).lock(work.directory()).succeeded();
    work.commit("Lock");
    return work.bareClone(folder.resolve("target.git"));
  }

  /** As the template makes it. */
  private static String queue(URI endpoint) {
    try (SqsClient client =
        SqsClient.builder()
            .endpointOverride(endpoint)
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("test", "test")))
            .httpClientBuilder(UrlConnectionHttpClient.builder())
            .build()) {
      client.createQueue(
          request ->
              request
                  .queueName("dead-letters.fifo")
                  .attributes(Map.of(QueueAttributeName.FIFO_QUEUE, "true")));
      String policy =
          "{\"deadLetterTargetArn\":\"arn:aws:sqs:us-east-1:000000000000:dead-letters.fifo\","
              + "\"maxReceiveCount\":\"5\"}";
      return client
          .createQueue(
              request ->
                  request
                      .queueName("updates.fifo")
                      .attributes(
                          Map.of(
                              QueueAttributeName.FIFO_QUEUE,
                              "true",
                              QueueAttributeName.REDRIVE_POLICY,
                              policy)))
          .queueUrl();
    }
  }
}
