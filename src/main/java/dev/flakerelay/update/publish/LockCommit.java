package dev.flakerelay.update.publish;

import dev.flakerelay.JobException;
import dev.flakerelay.Revision;
import dev.flakerelay.config.CommitStyle;
import dev.flakerelay.config.Sign;
import dev.flakerelay.config.Target;
import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.flake.MovedInput;
import dev.flakerelay.forge.CommitApi;
import dev.flakerelay.git.CommitDraft;
import dev.flakerelay.git.TargetBranch;
import dev.flakerelay.git.push.PushResult;
import dev.flakerelay.git.sign.SigningKey;
import dev.flakerelay.lock.ForgeToken;
import dev.flakerelay.lock.LockProof;
import dev.flakerelay.lock.NewLock;
import dev.flakerelay.queue.Job;
import dev.flakerelay.update.Assignment;
import dev.flakerelay.update.Judge;
import dev.flakerelay.update.Rehearsal;
import dev.flakerelay.update.Steps;
import dev.flakerelay.update.TargetSession;
import dev.flakerelay.update.Workshop;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One commit: inputs that move together to one revision, locked and proven. */
public final class LockCommit {
  private final Workshop workshop;
  private final TargetSession session;
  private final Judge judge;
  private final List<CommitText.Move> moves;
  private final Revision revision;

  /**
   * A commit on a session's head.
   *
   * @param moves not empty, all of one dispatch
   */
  public LockCommit(
      Workshop workshop, TargetSession session, Judge judge, List<CommitText.Move> moves) {
    this.workshop = workshop;
    this.session = session;
    this.judge = judge;
    this.moves = moves;
    this.revision = moves.getFirst().assignment().job().revision();
  }

  /** Makes and proves the lock, and keeps it to itself. */
  Rehearsal.NewLock rehearse(Steps steps) throws JobException {
    byte[] lock = steps.time("lock", () -> lock(steps));
    byte[] before = session.files().getOrDefault(session.lockPath(), new byte[0]);
    return new Rehearsal.NewLock(session.lockPath(), before, lock);
  }

  /**
   * A commit that nobody else knows of.
   *
   * @param id its own id here
   * @param change what it changes
   */
  record Made(Revision id, TargetBranch.Change change) {}

  /** Pushes it to the target's branch, without force. */
  PushResult push(Made made) throws JobException {
    if (style().sign() != Sign.GITHUB) {
      return session.branch().push(made.id());
    }
    try (CommitApi api = workshop.repositories().commits(job())) {
      return api.push(draft(made), job().branch());
    }
  }

  /** Pushes it to a branch that belongs to this program alone. */
  PushResult pushTo(String ownBranch, Optional<Revision> before, Made made) throws JobException {
    if (style().sign() != Sign.GITHUB) {
      return session.branch().pushTo(ownBranch, before, made.id());
    }
    try (CommitApi api = workshop.repositories().commits(job())) {
      return api.pushTo(ownBranch, before, draft(made));
    }
  }

  private CommitDraft draft(Made made) throws JobException {
    return session.branch().draft(made.id(), made.change());
  }

  private CommitStyle style() {
    return moves.getFirst().assignment().route().commit();
  }

  /** Makes the commit and keeps it to itself. */
  Made make(Steps steps) throws JobException {
    byte[] lock = steps.time("lock", () -> lock(steps));
    return steps.time("push", () -> commit(lock));
  }

  /** Where it is made. */
  TargetSession session() {
    return session;
  }

  /** One of the jobs that it is for. */
  Job job() {
    return moves.getFirst().assignment().job();
  }

  /** What all its inputs are locked to. */
  Revision revision() {
    return revision;
  }

  private byte[] lock(Steps steps) throws JobException {
    Map<String, String> overrides = new LinkedHashMap<>();
    for (CommitText.Move move : moves) {
      overrides.put(move.input(), session.lock().input(move.input()).at(revision));
    }
    Assignment first = moves.getFirst().assignment();
    List<ForgeToken> access = workshop.repositories().access(first.job());
    NewLock made =
        workshop
            .engine(first.route().engine())
            .lock(session.files(), first.target().flake().directory(), overrides, access);
    steps.made(made);
    byte[] lock = made.file();
    LockProof.check(
        session.lock(),
        FlakeLock.parse(lock),
        overrides.keySet(),
        revision,
        workshop.deadline().computation("could not prove the new flake.lock"));
    return lock;
  }

  private Made commit(byte[] lock) throws JobException {
    Assignment first = moves.getFirst().assignment();
    Map<String, Revision> submodules = new LinkedHashMap<>();
    for (CommitText.Move move : moves) {
      Target target = move.assignment().target();
      for (String path : target.submodules()) {
        session.branch().submodule(path); // says so if there is none
        submodules.put(path, revision);
      }
    }
    CommitStyle.Author author = style().author();
    Optional<SigningKey> key =
        style().sign() == Sign.SSH ? Optional.of(workshop.signing().key()) : Optional.empty();
    TargetBranch.Change change =
        new TargetBranch.Change(Map.of(session.lockPath(), lock), submodules);
    String source = judge.source(first).url();
    Revision id =
        session
            .branch()
            .commit(
                change,
                CommitText.of(moves, source, below(lock)),
                new TargetBranch.Author(author.name(), author.email()),
                key);
    return new Made(id, change);
  }

  private List<MovedInput> below(byte[] lock) throws JobException {
    List<String> inputs = moves.stream().map(CommitText.Move::input).toList();
    return session.lock().movedBelow(inputs, FlakeLock.parse(lock));
  }
}
