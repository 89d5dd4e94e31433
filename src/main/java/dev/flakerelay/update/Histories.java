package dev.flakerelay.update;

import dev.flakerelay.JobException;
import dev.flakerelay.NotThereException;
import dev.flakerelay.Relation;
import dev.flakerelay.Revision;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.forge.BranchComparison;
import dev.flakerelay.git.SourceHistory;
import dev.flakerelay.queue.Job;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The histories of the sources that a run's jobs speak of. A forge is asked to compare where a
 * token makes that affordable, and for no more than a question or two: for many the history itself,
 * which is fetched once, costs less. It decides as well when the forge fails, does not know a
 * revision, or says what a job would be refused for: its answers may be a moment old.
 */
final class Histories implements AutoCloseable {
  private static final int FEW = 2;

  private static final int MOST_SUBJECTS = 50;

  /** Each stays true whatever is pushed later. */
  private static final Set<Relation> CERTAIN =
      EnumSet.of(Relation.SAME, Relation.NEWER, Relation.OLDER);

  private final Repositories repositories;
  private final Steps steps;
  private final Map<SourceBranch, SourceHistory> fetched = new HashMap<>();
  private final Map<SourceBranch, Optional<BranchComparison>> compared = new HashMap<>();
  private final Map<SourceBranch, Integer> questions = new HashMap<>();
  private final Map<String, Revision> tags = new HashMap<>();
  private @Nullable Early early;

  Histories(Repositories repositories, Steps steps) {
    this.repositories = repositories;
    this.steps = steps;
  }

  /** A question that is asked before it is certain that anybody needs the answer. */
  private record Question(SourceBranch source, Revision locked, Revision requested) {}

  private record Early(Question question, SideWork<Relation> answer) {}

  /**
   * Begins to ask how a revision relates to another one, beside what the caller does next. Whoever
   * asks the same then has that answer, or that failure; once something else is asked it is ended.
   */
  void begin(SourceBranch source, Job job, Revision locked, Revision requested) {
    early =
        new Early(
            new Question(source, locked, requested),
            SideWork.begin(
                "the history of " + source, () -> answer(source, job, locked, requested)));
  }

  /** How a revision relates to the locked one on a source's branch. */
  Relation relation(SourceBranch source, Job job, Revision locked, Revision requested)
      throws JobException {
    return steps.time(
        "history",
        () -> {
          Early begun = early;
          if (begun != null && begun.question().equals(new Question(source, locked, requested))) {
            return begun.answer().result();
          }
          endEarly();
          return answer(source, job, locked, requested);
        });
  }

  private Relation answer(SourceBranch source, Job job, Revision locked, Revision requested)
      throws JobException {
    Optional<Relation> answer = ask(source, job, history -> history.relation(locked, requested));
    return answer.filter(CERTAIN::contains).isPresent()
        ? answer.get()
        : history(source, job).relation(locked, requested);
  }

  /** What is under way uses the same histories. */
  private void endEarly() {
    Early begun = early;
    if (begun != null) {
      early = null;
      begun.answer().close();
    }
  }

  /** Whether a revision is on a source's branch. */
  boolean hasOnBranch(SourceBranch source, Job job, Revision revision) throws JobException {
    endEarly();
    return steps.time(
        "history",
        () ->
            ask(source, job, history -> history.has(revision)).orElse(false)
                || history(source, job).has(revision));
  }

  /**
   * The commit that a tag of a source leads to, the same for all jobs of a run.
   *
   * @throws NotThereException if there is no such tag
   */
  Revision commitOf(SourceBranch source, Job job, String tag) throws JobException {
    String key = source.url() + "\0" + tag;
    Revision known = tags.get(key);
    if (known == null) {
      known = steps.time("history", () -> repositories.commitOf(source, job, tag));
      tags.put(key, known);
    }
    return known;
  }

  /** The commit behind what may be an annotated tag's own object; empty if it is none. */
  Optional<Revision> commitBehind(SourceBranch source, Job job, Revision object)
      throws JobException {
    return steps.time("history", () -> repositories.commitBehind(source, job, object));
  }

  /** Whether a source has a branch, whichever, at a commit. */
  boolean hasBranchAt(SourceBranch source, Job job, Revision commit) throws JobException {
    return steps.time("history", () -> repositories.hasBranchAt(source, job, commit));
  }

  private <T> Optional<T> ask(SourceBranch source, Job job, Asking<T> question)
      throws JobException {
    int asked = questions.merge(source, 1, Integer::sum);
    if (asked > FEW || fetched.containsKey(source)) {
      return Optional.empty();
    }
    if (!compared.containsKey(source)) {
      compared.put(
          source, repositories.forge(source, job).map(forge -> forge.compare(source.branch())));
    }
    Optional<BranchComparison> history = compared.get(source);
    if (history.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(question.to(history.get()));
    } catch (JobException e) {
      return Optional.empty(); // whatever it is, Git may know
    }
  }

  /** The subjects of a source's commits between two revisions, the newest first; 50 at most. */
  List<String> subjects(SourceBranch source, Job job, Revision older, Revision newer)
      throws JobException {
    endEarly();
    return steps.time(
        "history",
        () -> {
          SourceHistory history = history(source, job);
          return history.relation(older, newer) == Relation.NEWER
              ? history.subjects(older, newer, MOST_SUBJECTS)
              : List.of();
        });
  }

  private SourceHistory history(SourceBranch source, Job job) throws JobException {
    SourceHistory known = fetched.get(source);
    if (known == null) {
      known = repositories.history(source, job);
      fetched.put(source, known);
    }
    return known;
  }

  @Override
  public void close() {
    endEarly();
    compared.values().forEach(each -> each.ifPresent(BranchComparison::close));
    compared.clear();
    fetched.values().forEach(SourceHistory::close);
    fetched.clear();
  }

  private interface Asking<T> {
    T to(BranchComparison history) throws JobException;
  }
}
