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
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Looks, before nix does, at every flake that nix is going to read when it locks a source anew: the
 * source itself, and of its inputs, and theirs, those that no lock file covers. What one covers nix
 * takes from there, unless the flake that asks for it has changed what it makes that follow.
 *
 * <p>An example: A is locked anew, A asks for B, and B for C. A is read. With a flake.lock that has
 * B as A asks for it, nix takes B and C from there and reads neither. Without one it reads B, and
 * then C, unless B's own flake.lock has that. And if a lock has B's C follow another input, but A's
 * flake.nix does not say so any more, nix reads B to see where C comes from.
 *
 * <p>nix asks once more what is at a branch; who moves it in that moment can show nix something
 * else than was seen here. {@link LockGate} finds it in the new lock.
 */
public final class FlakeSurvey {
  /** Few sources have any but themselves. */
  private static final int MOST_FLAKES = 50;

  private final FlakeReader reader;
  private final NixProcess nix;
  private final LockGate gate;
  private final FlakeLock before;
  private final Path target;
  private final String directory;

  /**
   * A survey.
   *
   * @param nix tells how it will lock
   * @param before the target's lock as it is
   * @param target where the target's own files are
   * @param directory where flake.nix is among them
   */
  FlakeSurvey(
      FlakeReader reader,
      NixProcess nix,
      LockGate gate,
      FlakeLock before,
      Path target,
      String directory) {
    this.reader = reader;
    this.nix = nix;
    this.gate = gate;
    this.before = before;
    this.target = target;
    this.directory = directory;
  }

  /**
   * Looks at a source and what it leads to.
   *
   * @param input what the target calls it
   * @param reference with a revision
   * @throws PermanentException naming the first input that may not be
   */
  void look(String input, String reference) throws IOException, JobException {
    Deadline.Computation computation = nix.computation("could not look through " + reference);
    SourceFlake source = reader.read(reference);
    List<LockPart> locks = locksOf(source, input);
    InputTree overruled =
        InputTree.of(
            before.at(List.of(input)).stream()
                .flatMap(node -> node.following().stream().map(List::of))
                .toList());
    if (!leads(source, overruled, locks).isEmpty()) {
      // What is new here the target may make follow another, and its lock knows nothing of it.
      overruled = InputTree.of(reader.paths(target, directory)).at(List.of(input));
    }
    gate.check(source, overruled, reference);
    // One that leads to itself is seen once; nix says what is wrong with it.
    Set<Visit> known = new LinkedHashSet<>(leads(source, overruled, locks));
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

  private List<Visit> visit(Visit visit) throws IOException, JobException {
    SourceFlake flake = reader.read(visit.reference());
    gate.check(flake, visit.overruled(), FlakeReader.name(visit.reference()));
    return leads(
        flake, visit.overruled(), List.of(visit.locks().orElseGet(() -> LockPart.own(flake))));
  }

  /**
   * What may cover a source's inputs. Which it is depends on nix: what is not in all of them is
   * looked at.
   */
  private List<LockPart> locksOf(SourceFlake source, String input)
      throws IOException, JobException {
    LockPart targets = new LockPart(before, List.of(input));
    boolean targetsAlone =
        source.lock().isEmpty()
            && (source.declarations().isEmpty() || NixVersion.of(nix).keepsInputsOfInputs());
    return targetsAlone ? List.of(targets) : List.of(targets, LockPart.own(source));
  }

  /** What nix reads next, of what a flake asks for. */
  private static List<Visit> leads(SourceFlake flake, InputTree overruled, List<LockPart> locks)
      throws PermanentException {
    InputTree declared =
        InputTree.of(flake.declarations().stream().map(SourceFlake.Declaration::path).toList())
            .and(overruled);
    List<Visit> leads = new ArrayList<>();
    for (SourceFlake.Declaration each : flake.declarations()) {
      Optional<JsonNode> reference = each.reference().filter(any -> each.isFlake());
      if (reference.isPresent() && !overruled.names(each.path())) {
        InputTree further = declared.at(each.path());
        for (LockPart some : locks) {
          Optional<LockNode> locked = some.at(each.path());
          Optional<LockPart> below = locked.map(node -> some.below(each.path()));
          next(flake, reference.get(), locked, further)
              .ifPresent(next -> leads.add(new Visit(next, further, below)));
        }
      }
    }
    return leads;
  }

  private static Optional<JsonNode> next(
      SourceFlake flake, JsonNode reference, Optional<LockNode> locked, InputTree declared)
      throws PermanentException {
    return switch (Origin.of(reference).scheme()) {
      case "indirect" -> Optional.empty(); // nix has no registry, either
      case "relative path" -> Optional.of(within(flake.reference(), reference));
      default -> {
        if (locked.isEmpty() || !locked.get().isAskedForBy(reference)) {
          yield Optional.of(reference);
        }
        boolean isComplete = declared.namesAll(locked.get().following());
        yield isComplete ? Optional.empty() : locked.get().locked();
      }
    };
  }

  /** A flake in another folder of the same source. */
  private static JsonNode within(JsonNode flake, JsonNode relative) throws PermanentException {
    Path folder =
        Path.of(flake.path("dir").asString(""))
            .resolve(relative.path("path").asString(""))
            .resolve(relative.path("dir").asString(""))
            .normalize();
    if (folder.startsWith("..")) {
      throw new PermanentException(
          FlakeReader.name(flake)
              + " asks for path:"
              + relative.path("path").asString("")
              + ", which leads out of its source");
    }
    ObjectNode reference = flake.deepCopy().asObject();
    reference.remove("dir");
    return folder.toString().isEmpty() ? reference : reference.put("dir", folder.toString());
  }

  /**
   * A flake to look at.
   *
   * @param overruled the inputs of which those above it say what they are
   * @param locks what covers its inputs; empty for its own flake.lock
   */
  private record Visit(JsonNode reference, InputTree overruled, Optional<LockPart> locks) {}
}
