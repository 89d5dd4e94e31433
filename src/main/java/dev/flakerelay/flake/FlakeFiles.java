package dev.flakerelay.flake;

import dev.flakerelay.PermanentException;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The files of a repository that nix needs to lock a flake in it: that flake's flake.nix and
 * flake.lock, and those of the flakes that they take in by relative path.
 *
 * <p>An example: flake.nix has the input {@code path:./sub}. It is found in flake.lock; or, if it
 * was never locked, in the text of flake.nix. So {@code sub/flake.nix} and {@code sub/flake.lock}
 * are needed, if they exist, and whatever these name in turn.
 */
public final class FlakeFiles {
  private static final List<String> NAMES = List.of("flake.nix", "flake.lock");

  /** What may be a relative path in flake.nix. Too many names do no harm. */
  private static final Pattern RELATIVE =
      Pattern.compile("path:[^\"?#\\s/][^\"?#\\s]*|(?<![\\w./])(?:\\.\\.?(?:/[\\w+.-]+)+|\\.\\.)");

  /** Of one flake.nix; those that were locked are in flake.lock as well. */
  private static final int MOST_NAMES_OF_TEXT = 50;

  /** In one flake.lock, whose nodes may lead to themselves. */
  private static final int MOST_PLACES = 100;

  private final String directory;

  /**
   * The files of one flake.
   *
   * @param directory where flake.nix is, {@code .} for the repository's root
   */
  public FlakeFiles(String directory) {
    this.directory = directory;
  }

  /**
   * The paths of all files that are needed, as far as is known.
   *
   * @param read the files that were read so far, by path
   * @throws PermanentException if these flakes are more than is sane
   */
  public Set<String> needed(Map<String, byte[]> read) throws PermanentException {
    Set<String> folders = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(within("", directory).stream().toList());
    while (!open.isEmpty()) {
      String folder = open.remove();
      if (folders.add(folder)) {
        open.addAll(named(folder, read));
      }
    }
    Set<String> paths = new LinkedHashSet<>();
    for (String folder : folders) {
      NAMES.forEach(name -> paths.add(file(folder, name)));
    }
    return paths;
  }

  private static List<String> named(String folder, Map<String, byte[]> read)
      throws PermanentException {
    List<String> named = new ArrayList<>();
    byte[] text = read.get(file(folder, "flake.nix"));
    byte[] lock = read.get(file(folder, "flake.lock"));
    if (text != null) {
      Matcher relative = RELATIVE.matcher(new String(text, StandardCharsets.UTF_8));
      relative
          .results()
          .map(found -> found.group().replaceFirst("^path:", ""))
          .distinct()
          .limit(MOST_NAMES_OF_TEXT)
          .flatMap(name -> within(folder, name).stream())
          .forEach(named::add);
    }
    Optional<FlakeLock> locked = lock == null ? Optional.empty() : parsed(lock);
    if (locked.isPresent()) {
      named.addAll(locked(folder, locked.get()));
    }
    return named;
  }

  /** What is wrong with a lock is said by who needs it. */
  private static Optional<FlakeLock> parsed(byte[] lock) {
    try {
      return Optional.of(FlakeLock.parse(lock));
    } catch (PermanentException e) {
      return Optional.empty();
    }
  }

  /** What a lock has is relative to the flake that asks for it, the root or one of the others. */
  private static Set<String> locked(String root, FlakeLock lock) throws PermanentException {
    Deque<Place> open = new ArrayDeque<>(List.of(new Place(lock.root(), root)));
    Set<Place> places = new LinkedHashSet<>(open);
    while (!open.isEmpty()) {
      Place place = open.remove();
      for (LockNode.Edge edge : place.node().inputs().values()) {
        if (edge instanceof LockNode.Edge.Direct(String name)) {
          LockNode input = lock.existing(name);
          relative(input)
              .flatMap(path -> within(place.folder(), path).stream())
              .map(folder -> new Place(input, folder))
              .filter(places::add)
              .forEach(open::add);
        }
      }
      if (places.size() > MOST_PLACES) {
        throw new PermanentException(
            "flake.lock takes in more than "
                + MOST_PLACES
                + " flakes by relative path: have it take in fewer");
      }
    }
    return places.stream().map(Place::folder).collect(Collectors.toSet());
  }

  private static Stream<String> relative(LockNode node) {
    return node.references()
        .filter(each -> Origin.of(each).scheme().equals("relative path"))
        .map(each -> each.path("path").asString("") + "/" + each.path("dir").asString("."))
        .distinct();
  }

  /** A folder of the repository, {@code ""} for its root; empty if it is none. */
  private static Optional<String> within(String folder, String relative) {
    try {
      Path path = Path.of(folder).resolve(relative).normalize();
      boolean outside = path.isAbsolute() || path.startsWith("..");
      return outside || isTooLong(path) ? Optional.empty() : Optional.of(path.toString());
    } catch (InvalidPathException e) {
      return Optional.empty(); // then nothing is there, either
    }
  }

  /** A tree may have names that no file system takes; Linux takes 255 bytes, and 4,096 in all. */
  private static boolean isTooLong(Path path) {
    for (Path name : path) {
      if (name.toString().getBytes(StandardCharsets.UTF_8).length > 255) {
        return true;
      }
    }
    return path.toString().getBytes(StandardCharsets.UTF_8).length > 2_000;
  }

  private static String file(String folder, String name) {
    return folder.isEmpty() ? name : folder + "/" + name;
  }

  private record Place(LockNode node, String folder) {}
}
