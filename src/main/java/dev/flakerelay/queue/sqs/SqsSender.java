package dev.flakerelay.queue.sqs;

import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.JobJson;
import dev.flakerelay.queue.QueueUnavailableException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import software.amazon.awssdk.services.sqs.SqsClient;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;

/** Sends jobs to an SQS queue, in batches, within a bounded time. */
final class SqsSender {
  /** The most entries of one request ("SendMessageBatch", Amazon SQS API reference). */
  private static final int BATCH = 10;

  private final URI url;
  private final SqsClient client;
  private final Duration time;
  private final RecentSends recent = new RecentSends();

  /** Sends to {@code url}; {@code time} is for a whole send, however many batches it takes. */
  SqsSender(URI url, SqsClient client, Duration time) {
    this.url = url;
    this.client = client;
    this.time = time;
  }

  /**
   * Sends the jobs, in order.
   *
   * @return the ids of those that SQS has dropped as duplicates, as far as that is known
   * @throws QueueUnavailableException if any of them was refused, or time ran out
   */
  Set<String> send(List<Job> jobs) throws QueueUnavailableException {
    long begin = System.nanoTime();
    long end = begin + time.toNanos();
    for (int from = 0; from < jobs.size(); from += BATCH) {
      Duration left = Duration.ofNanos(Math.max(1_000_000, end - System.nanoTime()));
      sendBatch(jobs.subList(from, Math.min(jobs.size(), from + BATCH)), left);
    }
    return recent.add(jobs, begin);
  }

  private void sendBatch(List<Job> jobs, Duration left) throws QueueUnavailableException {
    String what = "queue " + jobs.size() + " jobs at " + url;
    List<BatchResultErrorEntry> refused =
        SqsConnection.attempt(
            what,
            () ->
                client
                    .sendMessageBatch(
                        request ->
                            request
                                .queueUrl(url.toString())
                                .entries(entries(jobs))
                                .overrideConfiguration(options -> options.apiCallTimeout(left)))
                    .failed());
    if (!refused.isEmpty()) {
      throw new QueueUnavailableException(
          "Tried to " + what + " but " + refused.size() + " were refused: " + reasons(refused));
    }
  }

  private static List<SendMessageBatchRequestEntry> entries(List<Job> jobs) {
    List<SendMessageBatchRequestEntry> entries = new ArrayList<>();
    for (Job job : jobs) {
      entries.add(
          SendMessageBatchRequestEntry.builder()
              .id(Integer.toString(entries.size()))
              .messageBody(JobJson.write(job))
              .messageGroupId(job.group())
              .messageDeduplicationId(job.deduplicationId())
              .build());
    }
    return entries;
  }

  private static String reasons(List<BatchResultErrorEntry> refused) {
    return refused.stream()
        .map(entry -> entry.code() + " " + entry.message())
        .distinct()
        .collect(Collectors.joining("; "));
  }
}
