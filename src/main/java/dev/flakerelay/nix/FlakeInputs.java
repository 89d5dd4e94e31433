package dev.flakerelay.nix;

import dev.flakerelay.PermanentException;
import dev.flakerelay.VisibleText;
import dev.flakerelay.flake.SourceFlake;
import dev.flakerelay.lock.LockGate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * What a flake.nix says of its inputs, by the rules of nix ("Flake inputs" in the Nix manual's page
 * on {@code nix flake}): literals only. What nix refuses is refused here. So are, beyond that,
 * names of attributes that are computed, and values that other attributes of a {@code rec} set
 * stand for: nix takes or refuses these depending on what it has read before.
 */
final class FlakeInputs {
  /** The largest public flakes have a few hundred, those of their inputs included. */
  static final int MOST_INPUTS = 5_000;

  /** What a folder without flake.nix has. */
  static final FlakeInputs NONE = new FlakeInputs(Path.of("/"), Path.of("/"));

  private static final Set<String> ATTRIBUTES =
      Set.of("description", "inputs", "outputs", "nixConfig");

  private static final Set<String> OF_SELF = Set.of("submodules", "lfs");
  private static final Pattern NAME = Pattern.compile("[a-zA-Z][a-zA-Z0-9_-]*");

  private final Path root;
  private final Path folder;
  private final List<Input> inputs = new ArrayList<>();
  private boolean withSubmodules;

  /**
   * One input, or one of an input.
   *
   * @param path the names that lead to it
   * @param attributes what it asks for, if it does so by attributes
   * @param url what it asks for, if it does so by a URL or a path
   */
  record Input(
      List<String> path, boolean isFlake, Optional<ObjectNode> attributes, Optional<String> url) {
    private static Input following(List<String> path, boolean isFlake) {
      return new Input(path, isFlake, Optional.empty(), Optional.empty());
    }
  }

  private FlakeInputs(Path root, Path folder) {
    this.root = root;
    this.folder = folder;
  }

  /**
   * Reads them.
   *
   * @param flake the expression
   * @param root the folder of the whole source, in which path literals were resolved
   * @param folder the one that paths are relative to
   * @throws PermanentException saying what is not as nix takes it
   */
  static FlakeInputs of(Literal.Attributes flake, Path root, Path folder)
      throws PermanentException {
    FlakeInputs read = new FlakeInputs(root, folder);
    for (String attribute : flake.members().keySet()) {
      if (!ATTRIBUTES.contains(attribute)) {
        throw new PermanentException(
            "flake.nix has an unsupported attribute `" + VisibleText.word(attribute) + "`");
      }
    }
    if (flake.isDynamic()) {
      throw computed(List.of(), "a name of an attribute");
    }
    if (!(flake.members().get("outputs") instanceof Literal.Function)) {
      throw new PermanentException("flake.nix has no attribute `outputs` that is a function");
    }
    Literal description = flake.members().get("description");
    if (description != null && !(description instanceof Literal.Text)) {
      throw computed(List.of(), "description");
    }
    Literal inputs = flake.members().get("inputs");
    if (inputs != null) {
      read.all(inputs, List.of());
    }
    return read;
  }

  List<Input> inputs() {
    return List.copyOf(inputs);
  }

  /** Whether the flake wants its own submodules fetched ({@code inputs.self.submodules}). */
  boolean withSubmodules() {
    return withSubmodules;
  }

  private void all(Literal value, List<String> path) throws PermanentException {
    for (Map.Entry<String, Literal> each : members(value, path, "inputs").entrySet()) {
      if (each.getKey().equals("self")) {
        self(each.getValue(), path);
      } else {
        List<String> here = new ArrayList<>(path);
        here.add(each.getKey());
        one(each.getValue(), List.copyOf(here));
      }
    }
  }

  private void self(Literal value, List<String> path) throws PermanentException {
    for (Map.Entry<String, Literal> each : members(value, path, "self").entrySet()) {
      if (!path.isEmpty() || !OF_SELF.contains(each.getKey())) {
        throw new PermanentException("flake.nix has an unsupported attribute of `inputs.self`");
      }
      withSubmodules |= flag(each.getValue(), path, "self." + each.getKey());
    }
  }

  private void one(Literal value, List<String> path) throws PermanentException {
    if (inputs.size() >= MOST_INPUTS) {
      throw new PermanentException(
          "flake.nix has more than " + MOST_INPUTS + " inputs: have it take in fewer");
    }
    Map<String, Literal> members = members(value, path, "");
    ObjectNode attributes = JsonMapper.shared().createObjectNode();
    Optional<String> url = Optional.empty();
    boolean isFlake = true;
    boolean isFollowing = false;
    for (Map.Entry<String, Literal> each : members.entrySet()) {
      String name = each.getKey();
      switch (name) {
        case "inputs" -> {} // below
        case "flake" -> isFlake = flag(each.getValue(), path, name);
        case "follows" -> isFollowing = follows(each.getValue(), path);
        case "url" -> url = Optional.of(url(each.getValue(), path));
        default -> put(attributes, name, each.getValue(), path);
      }
    }
    if (!attributes.has("type") && !attributes.isEmpty()) {
      throw new PermanentException(
          called(path)
              + " has an unexpected attribute `"
              + VisibleText.word(attributes.propertyNames().iterator().next())
              + "`");
    }
    if (isFollowing) {
      inputs.add(Input.following(path, isFlake));
    } else if (attributes.has("type")) {
      url.ifPresent(text -> attributes.put("url", text));
      inputs.add(new Input(path, isFlake, Optional.of(attributes), Optional.empty()));
    } else if (url.isPresent()) {
      inputs.add(new Input(path, isFlake, Optional.empty(), url));
    }
    Literal further = members.get("inputs");
    if (further != null) {
      all(further, path);
    }
  }

  private String url(Literal value, List<String> path) throws PermanentException {
    return switch (value) {
      case Literal.Text(String text) when text.length() > LockGate.MOST_CHARACTERS ->
          throw new PermanentException(
              called(path)
                  + " has a reference of more than "
                  + LockGate.MOST_CHARACTERS
                  + " characters");
      case Literal.Text(String text) -> text;
      case Literal.FilePath(String file) -> {
        Path place = Path.of(file);
        if (!place.startsWith(root)) {
          throw new PermanentException(called(path) + " is a path that leads out of its source");
        }
        String relative = folder.relativize(place).toString();
        yield "path:" + (relative.isEmpty() ? "." : relative);
      }
      default -> throw computed(path, "url");
    };
  }

  private static void put(ObjectNode attributes, String name, Literal value, List<String> path)
      throws PermanentException {
    switch (value) {
      case Literal.Text(String text) -> attributes.put(name, text);
      case Literal.Flag(boolean flag) -> attributes.put(name, flag);
      case Literal.Whole(long number) -> attributes.put(name, number);
      default -> throw computed(path, name);
    }
  }

  private static boolean flag(Literal value, List<String> path, String name)
      throws PermanentException {
    if (value instanceof Literal.Flag(boolean flag)) {
      return flag;
    }
    throw computed(path, name);
  }

  private static boolean follows(Literal value, List<String> path) throws PermanentException {
    if (!(value instanceof Literal.Text(String text))) {
      throw computed(path, "follows");
    }
    for (String name : text.split("/", -1)) {
      if (!name.isEmpty() && !NAME.matcher(name).matches()) {
        throw new PermanentException(called(path) + " follows what is no name of an input");
      }
    }
    return true;
  }

  private static Map<String, Literal> members(Literal value, List<String> path, String attribute)
      throws PermanentException {
    if (value instanceof Literal.Attributes(Map<String, Literal> members, boolean isDynamic)
        && !isDynamic) {
      return members;
    }
    throw computed(path, attribute);
  }

  private static String called(List<String> path) {
    return "the input `" + SourceFlake.text(path) + "` in flake.nix";
  }

  private static PermanentException computed(List<String> path, String attribute) {
    return new PermanentException(
        (path.isEmpty() ? "flake.nix" : called(path))
            + (attribute.isEmpty() ? "" : ": `" + VisibleText.word(attribute) + "`")
            + " is computed, or not of the type that nix takes there: only literals are");
  }
}
