package dev.flakerelay.cli.option;

import dev.flakerelay.local.sqlite.Journal;
import dev.flakerelay.local.sqlite.SqliteJobQueue;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.QueueUnavailableException;
import dev.flakerelay.queue.sqs.SqsJobQueue;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where the queue is. */
public final class QueueOptions {
  private interface Local {
    JobQueue open(Path folder) throws QueueUnavailableException;
  }

  private static final String JOURNAL = "journal";

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "where the queue and caches are kept ($XDG_STATE_HOME/flake-relay)")
  private Path data = Folders.state(System.getenv());

  @Option(
      names = "--queue-url",
      paramLabel = "URL",
      description = "an SQS FIFO queue, instead of the one in DIR")
  private Optional<String> url = Optional.empty();

  public Path data() {
    return data;
  }

  /** The SQS queue, if it is one. */
  public Optional<String> url() {
    return url;
  }

  /** Opens it to work on it. */
  public JobQueue open() throws SetupException {
    return open(SqliteJobQueue::open);
  }

  /** Opens it beside the process that works on it. */
  public JobQueue visit() throws SetupException {
    return open(SqliteJobQueue::visit);
  }

  /** Opens what is written of jobs' ends, to write more. */
  public Journal journal() throws SetupException {
    try {
      return Journal.open(data.toAbsolutePath().resolve(JOURNAL));
    } catch (QueueUnavailableException e) {
      throw new SetupException(e.getMessage(), e);
    }
  }

  /** Opens it beside the process that writes it. */
  public Journal readJournal() throws SetupException {
    try {
      return Journal.visit(data.toAbsolutePath().resolve(JOURNAL));
    } catch (QueueUnavailableException e) {
      throw new SetupException(e.getMessage(), e);
    }
  }

  private JobQueue open(Local local) throws SetupException {
    try {
      return url.isPresent()
          ? SqsJobQueue.connect(url.get())
          : local.open(data.toAbsolutePath().resolve("queue"));
    } catch (QueueUnavailableException e) {
      throw new SetupException(e.getMessage(), e);
    } catch (IllegalArgumentException e) {
      throw new SetupException("--queue-url: " + e.getMessage(), e);
    }
  }
}
