package dev.flakerelay.nix;

import dev.flakerelay.Deadline;
import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.flake.InputTree;
import dev.flakerelay.flake.LockNode;
import dev.flakerelay.flake.LockPart;
import dev.flakerelay.flake.Origin;
import dev.flakerelay.flake.SourceFlake;
import dev.flakerelay.lock.LockGate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Looks, before nix does, at every flake that nix is going to read when it updates a source: the
 * source itself, and of its inputs, and theirs, those that the source's own flake.lock does not
 * cover. What that covers nix takes from there, unless the flake that asks for it has changed what
 * it makes that follow, or the target takes it from somewhere else.
 *
 * <p>An example: A is updated, A asks for B, and B for C. A is read. If its flake.lock has B as A
 * asks for it, nix takes B and C from there and reads neither. Without one it reads B, and then C,
 * unless B's own flake.lock has that. And if A's lock has B's C follow another input, but A's
 * flake.nix does not say so any more, nix reads B to see where C comes from.
 *
 * <p>nix asks once more what is at a branch; who moves it in that moment can show nix something
 * else than was seen here. {@link LockGate} finds it in the new lock.
 */
public final class FlakeSurvey {
  /** Few sources have any but themselves. */
  private static final int MOST_FLAKES = 50;

  private final FlakeReader reader;
  private final LockGate gate;
  private final FlakeLock before;
  private final Path target;
  private final String directory;

  /**
   * A survey.
   *
   * @param before the target's lock as it is
   * @param target where the target's own files are
   * @param directory where flake.nix is among them
   */
  FlakeSurvey(FlakeReader reader, LockGate gate, FlakeLock before, Path target, String directory) {
    this.reader = reader;
    this.gate = gate;
    this.before = before;
    this.target = target;
    this.directory = directory;
  }

  /**
   * Looks at sources and what they lead to.
   *
   * @param overrides their references, with a revision, by what the target calls them
   * @throws PermanentException naming the first input that may not be
   */
  void look(Map<String, String> overrides, Deadline deadline) throws IOException, JobException {
    for (Map.Entry<String, String> override : new TreeMap<>(overrides).entrySet()) {
      String reference = override.getValue();
      if (before.isFlake(override.getKey())) {
        look(
            override.getKey(),
            reference,
            deadline.computation("could not look through " + reference));
      }
    }
  }

  private void look(String input, String reference, Deadline.Computation computation)
      throws IOException, JobException {
    SourceFlake source = reader.read(reference);
    LockNode locked = before.at(List.of(input)).orElse(LockNode.EMPTY);
    Set<String> following = locked.followingOutOf(input);
    boolean isAsBefore = isCovered(source, following) && before.asksAlike(input, lock(source));
    List<SourceFlake.Declaration> overrides = isAsBefore ? List.of() : overrides(input);
    InputTree overruled =
        isAsBefore
            ? InputTree.of(following.stream().map(List::of).toList())
            : Visit.tree(overrides);
    gate.check(source, overruled, reference);
    overrides.forEach(each -> each.reference().ifPresent(gate::vouch));
    // One that leads to itself is seen once; nix says what is wrong with it.
    Set<Visit> known = new LinkedHashSet<>(Visit.next(source, overruled, LockPart.own(source)));
    known.addAll(overriding(source, overrides));
    Deque<Visit> open = new ArrayDeque<>(known);
    while (!open.isEmpty()) {
      computation.check();
      if (known.size() > MOST_FLAKES) {
        throw new PermanentException(
            reference
                + " takes in more than "
                + MOST_FLAKES
                + " flakes that flake.lock does not cover: have it take in fewer");
      }
      visit(open.remove()).stream().filter(known::add).forEach(open::add);
    }
  }

  private static FlakeLock lock(SourceFlake source) {
    return source.lock().orElseGet(FlakeLock::empty);
  }

  /** Whether a source's lock has all that the target does not make follow something else. */
  private static boolean isCovered(SourceFlake source, Set<String> following) {
    return source.declarations().stream()
        .filter(each -> each.reference().isPresent())
        .filter(each -> !following.contains(each.path().getFirst()))
        .allMatch(
            each ->
                lock(source)
                    .at(each.path())
                    .filter(node -> Visit.isAskedFor(node, each))
                    .isPresent());
  }

  /**
   * What the target's flake.nix says of a source's inputs. It is read only if the locks do not show
   * that this is nothing, or where they follow others.
   */
  private List<SourceFlake.Declaration> overrides(String input) throws IOException, JobException {
    return reader.declarations(target, directory).inputs().stream()
        .filter(each -> each.path().size() > 1 && each.path().getFirst().equals(input))
        .map(
            each ->
                new SourceFlake.Declaration(
                    each.path().subList(1, each.path().size()),
                    each.reference(),
                    each.follows(),
                    each.isFlake()))
        .toList();
  }

  /** What nix reads as the target asks for it; a path is one of the target's own. */
  private static List<Visit> overriding(SourceFlake source, List<SourceFlake.Declaration> overrides)
      throws PermanentException {
    List<SourceFlake.Declaration> elsewhere =
        overrides.stream()
            .filter(each -> each.reference().map(Origin::of).filter(Origin::isRelative).isEmpty())
            .toList();
    InputTree declared = Visit.tree(source.declarations()).and(Visit.tree(overrides));
    return Visit.next(source.reference(), elsewhere, declared, LockPart.own(source));
  }

  private List<Visit> visit(Visit visit) throws IOException, JobException {
    SourceFlake flake = reader.read(visit.reference());
    gate.check(flake, visit.overruled(), FlakeReader.name(visit.reference()));
    List<LockPart> locks = new ArrayList<>(visit.covered().stream().toList());
    if (visit.isAnew()) {
      locks.add(LockPart.own(flake));
    }
    List<Visit> leads = new ArrayList<>();
    for (LockPart lock : locks) {
      leads.addAll(Visit.next(flake, visit.overruled(), lock));
    }
    return leads;
  }
}
