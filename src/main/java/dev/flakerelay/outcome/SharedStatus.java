package dev.flakerelay.outcome;

import dev.flakerelay.JobException;
import dev.flakerelay.Revision;
import dev.flakerelay.forge.CommitStatus;
import dev.flakerelay.forge.Statuses;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The one status of several jobs, which may be done by several processes that know nothing of each
 * other. A forge keeps every status that was written, so each job writes its own as {@code
 * pending}, says in the fragment of the page's address what became of it, and reads what the others
 * wrote. Whoever then finds the end of all writes the worst of them as the status of all.
 *
 * @param parts the subjects of all jobs that share it
 * @param page stands for the page of a target that has none
 */
record SharedStatus(Statuses statuses, Revision commit, Set<String> parts, String page) {
  private static final String QUEUED = "queued";
  private static final int DIGITS = 8;
  private static final Pattern FRAGMENT =
      Pattern.compile("(?<page>[^#]*)#flake-relay-(?<state>[a-z]+)-(?<part>[0-9a-f]{8})");

  /** What became of one job, as its status says. */
  private record Part(CommitStatus.State state, boolean ended, CommitStatus status) {}

  /**
   * Writes what became of one job, and the end of all if it was the last.
   *
   * @param subject the job's
   * @param end how it ended; empty if it is queued
   */
  void write(String subject, CommitStatus status, Optional<Outcome.Kind> end) throws JobException {
    String word = end.map(_ -> status.state().key()).orElse(QUEUED);
    CommitStatus own =
        new CommitStatus(
            CommitStatus.State.PENDING,
            status.context(),
            status.description(),
            Optional.of(
                status.target().orElse(page) + "#flake-relay-" + word + "-" + digits(subject)));
    List<CommitStatus> before = statuses.of(commit, status.context());
    if (before.isEmpty() || !before.contains(own) || !own.equals(newest(before, subject))) {
      statuses.set(commit, own);
    }
    if (end.isPresent()) {
      List<CommitStatus> all = statuses.of(commit, status.context());
      Optional<CommitStatus> total = total(all);
      if (total.isPresent() && !total.get().equals(all.getFirst())) {
        statuses.set(commit, total.get());
      }
    }
  }

  private static CommitStatus newest(List<CommitStatus> all, String subject) {
    return all.stream()
        .filter(each -> each.target().orElse("").endsWith("-" + digits(subject)))
        .findFirst()
        .orElse(all.getFirst());
  }

  private static String digits(String subject) {
    return subject.substring(0, DIGITS);
  }

  /** The worst of all; empty as long as one has not ended. */
  private Optional<CommitStatus> total(List<CommitStatus> newestFirst) {
    Map<String, Part> found = new LinkedHashMap<>();
    for (CommitStatus each : newestFirst) {
      Matcher target = FRAGMENT.matcher(each.target().orElse(""));
      if (target.matches()) {
        found.putIfAbsent(target.group("part"), part(each, target));
      }
    }
    boolean complete =
        parts.stream().map(SharedStatus::digits).allMatch(found::containsKey)
            && found.values().stream().allMatch(Part::ended);
    if (!complete) {
      return Optional.empty();
    }
    Part worst =
        found.values().stream()
            .max((one, other) -> one.state().compareTo(other.state()))
            .orElseThrow();
    long same = found.values().stream().filter(each -> each.state() == worst.state()).count();
    String count = same == found.size() ? "All " + same : same + " of " + found.size();
    return Optional.of(
        new CommitStatus(
            worst.state(),
            worst.status().context(),
            StatusText.brief(count + ": " + worst.status().description()),
            worst.status().target()));
  }

  private static Part part(CommitStatus status, Matcher target) {
    String word = target.group("state");
    CommitStatus.State state = CommitStatus.State.of(word.toLowerCase(Locale.ROOT));
    CommitStatus shown =
        new CommitStatus(
            state, status.context(), status.description(), Optional.of(target.group("page")));
    return new Part(state, !word.equals(QUEUED), shown);
  }
}
