package dev.flakerelay.audit;

import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.RetryableException;
import dev.flakerelay.Revision;
import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.flake.MovedInput;
import dev.flakerelay.git.BranchHistory;
import dev.flakerelay.git.RecordedCommit;
import dev.flakerelay.git.RecordedCommit.Difference;
import dev.flakerelay.git.UnseenException;
import dev.flakerelay.lock.LockProof;
import dev.flakerelay.update.publish.CommitText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Checks commits that flake-relay made, from the commits alone: the trailers say what was locked,
 * the lock before and after the commit shows it, the message names no other revision, and nothing
 * else was touched.
 */
public final class CommitAudit {
  private final BranchHistory history;
  private final HashProof hashes;

  /** Checks commits of one history. */
  public CommitAudit(BranchHistory history) {
    this(history, (_, _) -> {});
  }

  /** The same, and what the commits' locks say of the contents of the revisions. */
  public CommitAudit(BranchHistory history, HashProof hashes) {
    this.history = history;
    this.hashes = hashes;
  }

  /**
   * What was found about a commit.
   *
   * @param commit the commit
   * @param finding which
   * @param reason what is wrong with it, or why it can't be checked; empty if it is true
   */
  public record Verdict(RecordedCommit commit, Finding finding, String reason) {
    /** What the commit says that it locked: {@code input → revision}. */
    public String claim() {
      return CommitClaim.of(commit.message()).toString();
    }
  }

  /** What can be found. */
  public enum Finding {
    /** It says what it does. */
    TRUE,
    /** It does not. */
    LIE,
    /** This copy of the repository lacks what is needed to tell, and what is there is right. */
    UNKNOWN
  }

  /** Checks every commit that bears one of flake-relay's trailers, the oldest first. */
  public List<Verdict> run() throws IOException {
    List<RecordedCommit> ours = new ArrayList<>();
    history.visit(message -> CommitClaim.of(message).isMade(), ours::add);
    List<Verdict> verdicts = new ArrayList<>();
    for (RecordedCommit commit : ours) {
      try {
        check(commit);
        verdicts.add(new Verdict(commit, Finding.TRUE, ""));
      } catch (UnseenException e) {
        verdicts.add(new Verdict(commit, Finding.UNKNOWN, String.valueOf(e.getMessage())));
      } catch (RetryableException e) {
        throw new IOException(e.getMessage(), e);
      } catch (JobException | IllegalArgumentException e) {
        verdicts.add(new Verdict(commit, Finding.LIE, String.valueOf(e.getMessage())));
      }
    }
    return verdicts;
  }

  private void check(RecordedCommit commit) throws JobException, UnseenException, IOException {
    Map<String, Optional<Revision>> inputs = new LinkedHashMap<>();
    CommitClaim claim = CommitClaim.of(commit.message());
    Revision revision = claims(claim, inputs);
    claim.requireLocked(MovedInput.without(claim.text()));
    if (commit.unseen().isPresent()) {
      throw new UnseenException(commit.unseen().get());
    }
    if (commit.parents() == 0) {
      throw new PermanentException("it has no parent");
    }
    if (commit.excess().isPresent()) {
      throw new PermanentException(commit.excess().get());
    }
    Optional<Difference> lock = Optional.empty();
    for (Difference difference : commit.differences()) {
      if (difference.isSubmoduleMove()) {
        if (!difference.after().equals(Optional.of(revision))) {
          throw new PermanentException(
              "the submodule " + difference.path() + " moved to " + shown(difference.after()));
        }
      } else if (isLock(difference) && lock.isEmpty()) {
        lock = Optional.of(difference);
      } else {
        throw new PermanentException("it touches " + difference.path());
      }
    }
    Set<String> below = new HashSet<>();
    Optional<FlakeLock> made = Optional.empty();
    if (lock.isPresent()) {
      made = Optional.of(FlakeLock.parse(history.read(lock.get().after().orElseThrow())));
      below.addAll(checkLock(lock.get(), made.get(), inputs, revision));
    } else if (!inputs.values().stream().allMatch(old -> old.equals(Optional.of(revision)))) {
      throw new PermanentException("it changes no flake.lock");
    }
    for (String line : MovedInput.linesIn(claim.text())) {
      // A bare number is a revision in them, too.
      String revisions = line.substring(line.lastIndexOf(": ")).replaceAll("\\w+", "($0)");
      claim.requireLocked(below.contains(line) ? "" : revisions);
    }
    if (made.isPresent()) {
      for (String input : inputs.keySet()) {
        hashes.check(made.get(), input);
      }
    }
  }

  /** Reads the trailers: one revision for all inputs, and what each was locked to before. */
  private static Revision claims(CommitClaim claim, Map<String, Optional<Revision>> inputs)
      throws PermanentException {
    String input = "";
    Optional<Revision> revision = Optional.empty();
    for (CommitClaim.Trailer trailer : claim.trailers()) {
      if (trailer.is(CommitText.INPUT)) {
        input = trailer.value();
        inputs.put(input, Optional.empty());
      } else if (trailer.is(CommitText.REVISION)) {
        Revision named = new Revision(trailer.value());
        if (revision.isPresent() && !revision.get().equals(named)) {
          throw new PermanentException("its trailers name two revisions");
        }
        revision = Optional.of(named);
      } else if (trailer.is(CommitText.PREVIOUS)) {
        inputs.put(input, Optional.of(new Revision(trailer.value())));
      }
    }
    if (inputs.isEmpty() || inputs.containsKey("")) {
      throw new PermanentException("its trailer " + CommitText.INPUT + " is missing");
    }
    return revision.orElseThrow(
        () -> new PermanentException("its trailer " + CommitText.REVISION + " is missing"));
  }

  private static boolean isLock(Difference difference) {
    return difference.isContentOfFile()
        && (difference.path().equals("flake.lock") || difference.path().endsWith("/flake.lock"));
  }

  /** Checks the lock itself, and says what moved below its inputs. */
  private Set<String> checkLock(
      Difference difference,
      FlakeLock after,
      Map<String, Optional<Revision>> inputs,
      Revision revision)
      throws JobException, UnseenException, IOException {
    FlakeLock before = FlakeLock.parse(history.read(difference.before().orElseThrow()));
    LockProof.check(
        before, after, inputs.keySet(), revision, Deadline.NONE.computation("could not check it"));
    for (Map.Entry<String, Optional<Revision>> claim : inputs.entrySet()) {
      Optional<Revision> locked = before.input(claim.getKey()).revision();
      if (!locked.equals(claim.getValue())) {
        throw new PermanentException(
            "before it, "
                + claim.getKey()
                + " was locked at "
                + shown(locked)
                + ", not at "
                + shown(claim.getValue()));
      }
    }
    return before.movedBelow(inputs.keySet(), after).stream()
        .map(MovedInput::toString)
        .collect(Collectors.toSet());
  }

  private static String shown(Optional<Revision> revision) {
    return revision.map(Revision::hex).orElse("no revision");
  }
}
