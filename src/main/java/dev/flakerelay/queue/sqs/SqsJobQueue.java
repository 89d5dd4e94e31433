package dev.flakerelay.queue.sqs;

import static dev.flakerelay.queue.sqs.SqsConnection.attempt;

import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.QueueContents;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.queue.RedrivePolicy;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.QueueAttributeName;

/**
 * A FIFO queue of Amazon SQS, or of anything that speaks its API.
 *
 * <p>The queue's visibility timeout, retention and redrive policy are its own attributes; this
 * class changes none of them. Needs the permissions {@code sqs:SendMessage}, {@code
 * sqs:ReceiveMessage}, {@code sqs:DeleteMessage}, {@code sqs:ChangeMessageVisibility} and, for
 * {@link #maxReceiveCount} and {@link #deadLetters}, {@code sqs:GetQueueAttributes}.
 */
public final class SqsJobQueue implements JobQueue {
  /** GitHub waits 10 s for the answer to a delivery, in which secrets may have to be read too. */
  private static final Duration SEND_TIME = Duration.ofSeconds(5);

  /** A shorter poll asks some of the servers only ("Amazon SQS short and long polling"). */
  private static final Duration LONG_POLL = Duration.ofSeconds(1);

  private final URI url;
  private final SqsClient client;
  private final boolean ownsClient;
  private final SqsSender sender;
  private final SqsReceiver receiver;
  private @Nullable RedrivePolicy redrivePolicy;

  /**
   * The queue at a URL, through a client that the caller closes.
   *
   * @param queueUrl the queue's URL; its name ends in {@code .fifo}
   * @throws IllegalArgumentException if that is no URL of a FIFO queue
   */
  public SqsJobQueue(String queueUrl, SqsClient client) {
    this(SqsConnection.fifo(queueUrl), client, false, Duration.ZERO);
  }

  private SqsJobQueue(URI url, SqsClient client, boolean ownsClient, Duration shortestPoll) {
    this.url = url;
    this.client = client;
    this.ownsClient = ownsClient;
    this.sender = new SqsSender(url, client, SEND_TIME);
    this.receiver = new SqsReceiver(url, client, shortestPoll);
  }

  /**
   * The queue at a URL, with a client of its own: region from the URL, else from the environment;
   * credentials from the SDK's default chain; {@code AWS_ENDPOINT_URL} is honoured.
   *
   * @param queueUrl the queue's URL; its name ends in {@code .fifo}
   * @throws IllegalArgumentException if that is no URL of a FIFO queue
   * @throws QueueUnavailableException if the client can't be built, for example because nothing
   *     names a region
   */
  public static SqsJobQueue connect(String queueUrl) throws QueueUnavailableException {
    URI url = SqsConnection.fifo(queueUrl);
    SqsClient client = attempt("connect to " + url, () -> SqsConnection.open(url, System.getenv()));
    return new SqsJobQueue(url, client, true, Duration.ZERO);
  }

  /**
   * {@inheritDoc}
   *
   * <p>SQS does not say what it drops: known is what this process has sent in the last five
   * minutes.
   */
  @Override
  public Set<String> send(List<Job> jobs) throws QueueUnavailableException {
    return sender.send(jobs);
  }

  @Override
  public List<Message> receive(int max, Duration wait) throws QueueUnavailableException {
    try {
      return attempt("receive from " + url, () -> receiver.receive(max, wait));
    } catch (QueueUnavailableException e) {
      if (Thread.currentThread().isInterrupted()) {
        return List.of();
      }
      throw e;
    }
  }

  @Override
  public void delete(Message message) throws QueueUnavailableException {
    attempt(
        "delete message " + message.id() + " from " + url,
        () ->
            client.deleteMessage(
                request -> request.queueUrl(url.toString()).receiptHandle(message.receipt())));
  }

  @Override
  public void retryAfter(Message message, Duration delay) throws QueueUnavailableException {
    attempt(
        "hide message " + message.id() + " of " + url,
        () ->
            client.changeMessageVisibility(
                request ->
                    request
                        .queueUrl(url.toString())
                        .receiptHandle(message.receipt())
                        .visibilityTimeout(SqsReceiver.seconds(delay))));
  }

  /**
   * {@inheritDoc}
   *
   * <p>Its retention begins anew. Also needs {@code sqs:SendMessage} on the dead-letter queue.
   */
  @Override
  public void setAside(Message letter) throws QueueUnavailableException {
    attempt(
        "set aside message " + letter.id() + " of " + url,
        () ->
            client.sendMessage(
                request ->
                    request
                        .queueUrl(url.toString())
                        .messageBody(letter.body())
                        .messageGroupId(letter.groupAside())
                        .messageDeduplicationId(letter.groupAside())));
    delete(letter);
  }

  /**
   * {@inheritDoc}
   *
   * <p>From the queue's redrive policy, read once; a queue without one never gives up.
   */
  @Override
  public int maxReceiveCount() throws QueueUnavailableException {
    return redrivePolicy().maxReceiveCount();
  }

  /**
   * {@inheritDoc}
   *
   * <p>It is the one that the queue's redrive policy names. It is closed with this queue. To
   * receive from it takes a second if there is nothing.
   */
  @Override
  public JobQueue deadLetters() throws QueueUnavailableException {
    String name =
        redrivePolicy()
            .deadLetters()
            .orElseThrow(
                () ->
                    new QueueUnavailableException(
                        url + " has no dead-letter queue: give it a redrive policy"));
    // "Using dead-letter queues in Amazon SQS": it is of the same account and region.
    return new SqsJobQueue(url.resolve(name), client, false, LONG_POLL);
  }

  /**
   * {@inheritDoc}
   *
   * <p>The count is approximate, of what is visible, in hand and delayed ("GetQueueAttributes",
   * Amazon SQS API reference).
   */
  @Override
  public QueueContents contents(int most) throws QueueUnavailableException {
    long count =
        attempt(
            "count the messages of " + url,
            () ->
                client
                    .getQueueAttributes(
                        request ->
                            request
                                .queueUrl(url.toString())
                                .attributeNames(
                                    QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES,
                                    QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_NOT_VISIBLE,
                                    QueueAttributeName.APPROXIMATE_NUMBER_OF_MESSAGES_DELAYED))
                    .attributes()
                    .values()
                    .stream()
                    .mapToLong(Long::parseLong)
                    .sum());
    return new QueueContents(count, Optional.empty(), List.of());
  }

  /** {@inheritDoc} */
  @Override
  public void probe() throws QueueUnavailableException {
    contents(0);
  }

  private synchronized RedrivePolicy redrivePolicy() throws QueueUnavailableException {
    if (redrivePolicy == null) {
      redrivePolicy =
          attempt(
              "read the redrive policy of " + url,
              () ->
                  RedrivePolicy.parse(
                      client
                          .getQueueAttributes(
                              request ->
                                  request
                                      .queueUrl(url.toString())
                                      .attributeNames(QueueAttributeName.REDRIVE_POLICY))
                          .attributes()
                          .get(QueueAttributeName.REDRIVE_POLICY)));
    }
    return redrivePolicy;
  }

  @Override
  public void close() {
    if (ownsClient) {
      client.close();
    }
  }
}
