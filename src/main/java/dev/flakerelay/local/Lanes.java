package dev.flakerelay.local;

import dev.flakerelay.queue.Message;
import dev.flakerelay.queue.Turns;
import dev.flakerelay.queue.WorkBudget;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Shares the workers among the sources, so that none keeps the others waiting.
 *
 * <p>Sources that have used least come first; of those that have used the same, the one that waits
 * longest and the one that came last by turns, so that a newcomer waits for no number of others. A
 * batch that takes longer than a slice while other sources wait moves to the slow lane, where it
 * ends in peace and a worker takes its place; the slow lane has few places, one for each source.
 * Where there is none, the batch's turn ends, and it comes again: once more among all, with twice
 * the time, then in the slow lane only. So do jobs of a source that has no budget left.
 * Thread-safe.
 */
final class Lanes implements Turns {
  /** A slice; half of it when many wait, so that the last of them waits for 20 s or so. */
  private static final Duration SLICE = Duration.ofSeconds(10);

  /** After so many turns that were ended early only the slow lane is left. */
  private static final int QUICK_TURNS = 2;

  /** After so many it is not ended any more for what waits behind it in its group. */
  private static final int MOST_CUT_SHORT = 4;

  private static final int REMEMBERED = 10_000;

  private final int workers;
  private final Duration longestSlice;
  private final int slowPlaces;
  private final Function<Message, String> sourceOf;
  private final WorkBudget budget;
  private final List<Run> runs = new ArrayList<>();
  private int begun;

  /** How often a message's turn was ended early. */
  private final Map<String, Integer> cutShort = new HashMap<>();

  /**
   * Lanes in which nobody is.
   *
   * @param workers how many batches are in the quick lane; the slow one has as many places, and two
   *     at least
   * @param sources names the source of a message
   */
  Lanes(int workers, Function<Message, String> sources, WorkBudget budget) {
    this(workers, sources, budget, SLICE);
  }

  /** The same with slices of another length. */
  Lanes(int workers, Function<Message, String> sources, WorkBudget budget, Duration slice) {
    this.workers = workers;
    this.longestSlice = slice;
    this.slowPlaces = Math.max(2, workers);
    this.sourceOf = sources;
    this.budget = budget;
  }

  @Override
  public synchronized List<Message> next(List<Message> waiting, int max) {
    List<Message> candidates = begun % 2 == 0 ? waiting : waiting.reversed();
    return candidates.stream()
        .filter(each -> isQuick(each) || hasSlowPlace(sourceOf.apply(each)))
        .min(
            Comparator.comparing((Message each) -> !isQuick(each))
                .thenComparingLong(each -> running(sourceOf.apply(each)))
                .thenComparing(each -> used(sourceOf.apply(each))))
        .map(head -> with(head, waiting, max))
        .orElse(List.of());
  }

  /** The messages of the same group that count for the same source. */
  private List<Message> with(Message head, List<Message> waiting, int max) {
    return waiting.stream()
        .filter(each -> each.group().equals(head.group()))
        .filter(each -> sourceOf.apply(each).equals(sourceOf.apply(head)))
        .limit(max)
        .toList();
  }

  /** Begins to work on what {@link #next} chose, on the worker's own thread. */
  synchronized Run begin(List<Message> batch) {
    Run run =
        new Run(batch, sourceOf.apply(batch.getFirst()), batch.stream().noneMatch(this::isQuick));
    runs.add(run);
    begun++;
    return run;
  }

  /** Ends it. */
  synchronized void end(Run run) {
    run.end();
    runs.remove(run);
    budget.spend(run.source(), run.time());
    for (Message each : run.batch()) {
      if (run.isInterrupted()) {
        cutShort.merge(each.id(), 1, Integer::sum);
      } else {
        cutShort.remove(each.id());
      }
    }
    if (cutShort.size() > REMEMBERED) {
      cutShort.clear(); // The worst of it is that each has its quick turns once more.
    }
  }

  /** What is in hand. */
  synchronized List<Run> runs() {
    return List.copyOf(runs);
  }

  /** Within which nobody is asked to make room. */
  Duration shortestSlice() {
    return longestSlice.dividedBy(2);
  }

  /** How long a run may be in the quick lane while others wait. */
  synchronized Duration slice(Run run, long groups) {
    Duration share = longestSlice.multipliedBy(2L * workers).dividedBy(groups + 1);
    Duration slice = Collections.min(List.of(longestSlice, share));
    return Collections.max(List.of(shortestSlice(), slice))
        .multipliedBy(1L << Math.min(turnsCutShort(run), QUICK_TURNS));
  }

  /** How many groups of other sources wait for a worker of the quick lane. */
  synchronized long waitBehind(Run run, List<Message> waiting) {
    return waiting.stream()
        .filter(each -> isQuick(each) && !sourceOf.apply(each).equals(run.source()))
        .map(Message::group)
        .distinct()
        .count();
  }

  /** Whether the quick lane has no room. */
  synchronized boolean isFull() {
    return runs.stream().filter(each -> !each.isSlow()).count() >= workers;
  }

  /** Moves a run to the slow lane if there is a place; whether it did. */
  synchronized boolean moveToSlow(Run run) {
    return moveToSlow(run, hasSlowPlace(run.source()));
  }

  /** The same of one that does not end though its turn did, whether there is a place or not. */
  synchronized boolean moveStuckToSlow(Run run) {
    return moveToSlow(run, runs.size() < 2 * (workers + slowPlaces));
  }

  private boolean moveToSlow(Run run, boolean hasRoom) {
    boolean moves = hasRoom && runs.contains(run);
    if (moves) {
      run.becomeSlow();
    }
    return moves;
  }

  /** Whether a run in the slow lane may be ended for what waits behind it in its group. */
  synchronized boolean mayEndForOthers(Run run) {
    return turnsCutShort(run) < MOST_CUT_SHORT || budget.exhausted(run.source()).isPresent();
  }

  private int turnsCutShort(Run run) {
    return run.batch().stream()
        .mapToInt(each -> cutShort.getOrDefault(each.id(), 0))
        .max()
        .orElse(0);
  }

  private boolean hasSlowPlace(String source) {
    List<Run> slow = runs.stream().filter(Run::isSlow).toList();
    return slow.size() < slowPlaces
        && slow.stream().noneMatch(each -> each.source().equals(source));
  }

  private boolean isQuick(Message message) {
    return cutShort.getOrDefault(message.id(), 0) < QUICK_TURNS
        && budget.exhausted(sourceOf.apply(message)).isEmpty();
  }

  private long running(String source) {
    return runs.stream().filter(each -> each.source().equals(source)).count();
  }

  private Duration used(String source) {
    return runs.stream()
        .filter(each -> each.source().equals(source))
        .map(Run::time)
        .reduce(budget.spent(source), Duration::plus);
  }
}
