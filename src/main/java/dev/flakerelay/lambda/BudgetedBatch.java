package dev.flakerelay.lambda;

import dev.flakerelay.queue.BatchHandler;
import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.WorkBudget;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Works on a batch source by source, those first that have used least of their budget; who has used
 * it up comes again later. SQS counts each receipt, so the last one is used whatever the budget
 * says: no job fails for having waited.
 *
 * @param updates does the work
 * @param sources names the source of a message
 * @param budget of the time of this instance of the function, for each source
 * @param maxReceiveCount the queue's
 */
record BudgetedBatch(
    BatchHandler updates, Function<Message, String> sources, WorkBudget budget, int maxReceiveCount)
    implements BatchHandler {
  /** Four such waits are an hour. */
  private static final Duration LONGEST_WAIT = Duration.ofMinutes(15);

  private record Part(String group, String source) {}

  @Override
  public List<Retry> handle(List<Message> batch) {
    return handle(batch, Instant.MAX);
  }

  @Override
  public List<Retry> handle(List<Message> batch, Instant until) {
    Map<Part, List<Message>> parts =
        batch.stream()
            .collect(
                Collectors.groupingBy(
                    each -> new Part(each.group(), sources.apply(each)),
                    LinkedHashMap::new,
                    Collectors.toList()));
    List<Part> order =
        parts.keySet().stream()
            .sorted(Comparator.comparing(part -> budget.spent(part.source())))
            .toList();
    List<Retry> retries = new ArrayList<>();
    for (Part part : order) {
      retries.addAll(handle(part.source(), parts.getOrDefault(part, List.of()), until));
    }
    return retries;
  }

  private Collection<Retry> handle(String source, List<Message> messages, Instant until) {
    Optional<Duration> wait = budget.exhausted(source);
    if (wait.isPresent()
        && messages.stream().allMatch(each -> each.receiveCount() < maxReceiveCount)) {
      Duration delay = wait.get().compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait.get();
      return messages.stream().map(each -> Retry.untried(each, delay)).toList();
    }
    long begin = System.nanoTime();
    try {
      return updates.handle(messages, until);
    } finally {
      budget.spend(source, Duration.ofNanos(System.nanoTime() - begin));
    }
  }
}
