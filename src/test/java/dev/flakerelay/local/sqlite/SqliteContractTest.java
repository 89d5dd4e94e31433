package dev.flakerelay.local.sqlite;

import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.JobQueueContract;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;

/** The embedded queue does what SQS does. */
@Tag("slow")
class SqliteContractTest extends JobQueueContract {
  @TempDir private Path folder;

  private final List<JobQueue> opened = new ArrayList<>();

  @Override
  protected JobQueue queue(Duration visibilityTimeout, int maxReceiveCount) throws Exception {
    QueueSettings usual = QueueSettings.DEFAULT;
    JobQueue queue =
        SqliteJobQueue.open(
            folder,
            new QueueSettings(
                visibilityTimeout, usual.deduplication(), maxReceiveCount, usual.retention()),
            InstantSource.system());
    opened.add(queue);
    return queue;
  }

  @Override
  protected void put(JobQueue queue, String group, String body) throws Exception {
    ((SqliteJobQueue) queue).put(new Entry(group, UUID.randomUUID().toString(), body));
  }

  @AfterEach
  void close() {
    opened.forEach(JobQueue::close);
  }
}
