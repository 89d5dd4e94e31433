package dev.flakerelay.update;

import dev.flakerelay.RetryableException;
import dev.flakerelay.outcome.Outcome;
import dev.flakerelay.outcome.OutcomeListener;
import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.Job;
import dev.flakerelay.queue.JobJson;
import dev.flakerelay.queue.JobQueue;
import dev.flakerelay.queue.MalformedJobException;
import dev.flakerelay.queue.Message;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/**
 * Works on a batch of messages: target by target, each group in its order. After a failure the rest
 * of its group comes again, other groups go on; a message that can't be read is told and done with,
 * so that it holds up nobody.
 */
public final class UpdateBatch implements BatchHandler {
  private final TargetUpdate update;
  private final int maxReceiveCount;
  private final Backoff backoff;
  private final OutcomeListener listener;

  /**
   * A handler of batches.
   *
   * @param maxReceiveCount the queue's; a job that fails at that receipt has failed for good
   * @param listener is told what became of each message, once
   */
  public UpdateBatch(
      TargetUpdate update, int maxReceiveCount, Backoff backoff, OutcomeListener listener) {
    this.update = update;
    this.maxReceiveCount = maxReceiveCount;
    this.backoff = backoff;
    this.listener = listener;
  }

  @Override
  public List<Retry> handle(List<Message> batch) {
    return handle(batch, Instant.MAX);
  }

  @Override
  public List<Retry> handle(List<Message> batch, Instant until) {
    return handle(batch, until, () -> false);
  }

  @Override
  public List<Retry> handle(List<Message> batch, BooleanSupplier ended) {
    return handle(batch, Instant.MAX, ended);
  }

  private List<Retry> handle(List<Message> batch, Instant until, BooleanSupplier ended) {
    Map<String, List<Message>> groups =
        batch.stream()
            .collect(
                Collectors.groupingBy(Message::group, LinkedHashMap::new, Collectors.toList()));
    List<Retry> retries = new ArrayList<>();
    groups.values().forEach(group -> retries.addAll(handleGroup(group, until, ended)));
    return retries;
  }

  /** Tells the end of messages whose worker died with them, {@link JobQueue#diedInHand}. */
  public void tellDead(List<Message> dead) {
    for (Message message : dead) {
      try {
        Job job = JobJson.read(message.body());
        RetryableException why =
            new RetryableException(
                "the process that worked on it ended in the middle, and that was its last try");
        listener.ended(new Result.Again(job, why, Duration.ZERO).failed());
      } catch (MalformedJobException e) {
        listener.malformed(message, e);
      }
    }
  }

  private List<Retry> handleGroup(List<Message> group, Instant until, BooleanSupplier ended) {
    List<Parsed> readable = new ArrayList<>();
    for (Message message : group) {
      try {
        Job job = JobJson.read(message.body());
        readable.add(new Parsed(message, job));
        if (message.receiveCount() == 1) {
          listener.queued(job);
        }
      } catch (MalformedJobException e) {
        listener.malformed(message, e);
      }
    }
    List<Retry> retries = new ArrayList<>();
    Optional<Result.Again> failure = Optional.empty();
    while (!readable.isEmpty()) {
      Job first = readable.getFirst().job();
      List<Parsed> sameTarget =
          readable.stream().filter(each -> each.job().sameTarget(first)).toList();
      readable.removeAll(sameTarget);
      if (ended.getAsBoolean()) {
        sameTarget.forEach(each -> retries.add(Retry.untried(each.message(), Duration.ZERO)));
        continue;
      }
      boolean alone = failure.isEmpty() && sameTarget.size() == 1;
      List<Result> results =
          failure.isPresent()
              ? behind(failure.get(), sameTarget)
              : update.run(sameTarget.stream().map(Parsed::job).toList(), until);
      for (int i = 0; i < sameTarget.size(); i++) {
        Parsed parsed = sameTarget.get(i);
        if (ended.getAsBoolean() && !isDone(results.get(i))) {
          retries.add(Retry.untried(parsed.message(), Duration.ZERO));
          continue;
        }
        switch (alone ? results.get(i) : lastChance(parsed, results.get(i), until)) {
          case Result.Ended(Outcome outcome) -> listener.ended(outcome);
          case Result.Again again when isHopeless(parsed, again) ->
              listener.ended(again.rejected());
          case Result.Again again -> {
            failure = Optional.of(again);
            retries.add(again(parsed, again));
          }
        }
      }
    }
    return retries;
  }

  /** An interrupted try proves nothing but what it did; a rejection may be of its making. */
  private static boolean isDone(Result result) {
    return result instanceof Result.Ended(Outcome outcome) && outcome.isGood();
  }

  private static List<Result> behind(Result.Again failure, List<Parsed> waiting) {
    return waiting.stream()
        .<Result>map(each -> new Result.Again(each.job(), failure.why(), Duration.ZERO))
        .toList();
  }

  /** A job that fails because of others is tried by itself before it has failed for good. */
  private Result lastChance(Parsed parsed, Result result, Instant until) {
    return result instanceof Result.Again again && isLast(parsed, again)
        ? update.run(List.of(parsed.job()), until).getFirst()
        : result;
  }

  private boolean isLast(Parsed parsed, Result.Again failure) {
    return parsed.message().receiveCount()
        >= MachineFailure.lastTry(failure.why(), maxReceiveCount);
  }

  /** Put back later, as other jobs that have failed are, it would only do so again. */
  private boolean isHopeless(Parsed parsed, Result.Again failure) {
    return isLast(parsed, failure) && parsed.message().receiveCount() < maxReceiveCount;
  }

  private Retry again(Parsed parsed, Result.Again failure) {
    Message message = parsed.message();
    if (message.receiveCount() >= maxReceiveCount) {
      listener.ended(failure.failed());
      // Visible once more at once, so that the queue moves it to the dead letters.
      return new Retry(message, Duration.ZERO);
    }
    Retry retry = new Retry(message, backoff.after(message.receiveCount(), failure.why()));
    listener.willRetry(parsed.job(), retry, failure.why().getMessage());
    return retry;
  }

  private record Parsed(Message message, Job job) {}
}
