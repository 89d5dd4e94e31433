package dev.flakerelay.update;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import dev.flakerelay.SourceBranch;
import dev.flakerelay.config.PathFilter;
import dev.flakerelay.config.Trigger;
import dev.flakerelay.queue.UnlistedPush;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Lets a push whose delivery did not list its files through if it touches a path that its route
 * waits for. What can't be compared is let through: an update too many does less harm than one that
 * is missing.
 */
final class PathGate {
  private final Repositories repositories;
  private final Steps steps;
  private final Map<Question, Boolean> answers = new HashMap<>();

  PathGate(Repositories repositories, Steps steps) {
    this.repositories = repositories;
    this.steps = steps;
  }

  private record Question(
      SourceBranch source, Revision before, Revision after, List<PathFilter> filters) {}

  /**
   * Asks for a job.
   *
   * @param locked what is locked now, which stands in for a revision that the source has no more
   * @return why nothing is to be done; empty if there is, or may be
   * @throws JobException if the source could not be asked
   */
  Optional<String> ask(Assignment assignment, SourceBranch source, Optional<Revision> locked)
      throws JobException {
    Optional<UnlistedPush> push = assignment.job().push();
    if (push.isEmpty() || locked.equals(Optional.of(assignment.job().revision()))) {
      return Optional.empty();
    }
    List<Trigger.Push> pushes =
        assignment.route().pushes(push.get().repository(), push.get().branch());
    List<PathFilter> filters = pushes.stream().flatMap(each -> each.paths().stream()).toList();
    if (filters.isEmpty() || filters.size() < pushes.size()) {
      return Optional.empty();
    }
    List<Revision> bases =
        Stream.concat(push.get().before().stream(), locked.stream()).distinct().toList();
    for (Revision base : bases) {
      try {
        Question question = new Question(source, base, assignment.job().revision(), filters);
        return isYes(question, assignment)
            ? Optional.empty()
            : Optional.of("the push touches none of the route's `paths` since " + base.hex());
      } catch (PermanentException e) {
        // The next revision may do, and the judge finds what is wrong with this one.
      }
    }
    return Optional.empty();
  }

  private boolean isYes(Question question, Assignment assignment) throws JobException {
    Boolean known = answers.get(question);
    if (known == null) {
      known =
          steps.time(
              "history",
              () ->
                  repositories.touches(
                      question.source(),
                      assignment.job(),
                      question.before(),
                      question.after(),
                      path -> question.filters().stream().anyMatch(each -> each.includes(path))));
      answers.put(question, known);
    }
    return known;
  }
}
