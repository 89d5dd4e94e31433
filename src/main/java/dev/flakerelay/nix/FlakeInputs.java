package dev.flakerelay.nix;

import dev.flakerelay.PermanentException;
import dev.flakerelay.VisibleText;
import dev.flakerelay.lock.LockGate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
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

  private final Path root;
  private final Path folder;
  private final List<Input> inputs = new ArrayList<>();
  private final Set<String> arguments = new TreeSet<>();
  private boolean withSubmodules;

  /**
   * One input, or one of an input.
   *
   * @param path the names that lead to it
   * @param attributes what it asks for, if it does so by attributes
   * @param url what it asks for, if it does so by a URL or a path
   * @param follows the names that lead to what it follows, if it does
   */
  record Input(
      List<String> path,
      boolean isFlake,
      Optional<ObjectNode> attributes,
      Optional<String> url,
      Optional<List<String>> follows) {}

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
      throw InputPlace.FLAKE.computed("a name of an attribute");
    }
    if (!(flake.members().get("outputs") instanceof Literal.Function(Set<String> arguments))) {
      throw new PermanentException("flake.nix has no attribute `outputs` that is a function");
    }
    read.arguments.addAll(arguments);
    Literal description = flake.members().get("description");
    if (description != null && !(description instanceof Literal.Text)) {
      throw InputPlace.FLAKE.computed("description");
    }
    Literal inputs = flake.members().get("inputs");
    if (inputs != null) {
      read.all(inputs, InputPlace.FLAKE);
    }
    return read;
  }

  List<Input> inputs() {
    return List.copyOf(inputs);
  }

  /** The names that its outputs take. */
  Set<String> arguments() {
    return Set.copyOf(arguments);
  }

  /** Whether the flake wants its own submodules fetched ({@code inputs.self.submodules}). */
  boolean withSubmodules() {
    return withSubmodules;
  }

  private void all(Literal value, InputPlace place) throws PermanentException {
    for (Map.Entry<String, Literal> each : place.members(value, "inputs").entrySet()) {
      if (each.getKey().equals("self")) {
        self(each.getValue(), place);
      } else {
        one(each.getValue(), place.input(each.getKey()));
      }
    }
  }

  private void self(Literal value, InputPlace place) throws PermanentException {
    for (Map.Entry<String, Literal> each : place.members(value, "self").entrySet()) {
      if (!place.names().isEmpty() || !OF_SELF.contains(each.getKey())) {
        throw new PermanentException("flake.nix has an unsupported attribute of `inputs.self`");
      }
      withSubmodules |= place.flag(each.getValue(), "self." + each.getKey());
    }
  }

  private void one(Literal value, InputPlace place) throws PermanentException {
    if (inputs.size() >= MOST_INPUTS) {
      throw new PermanentException(
          "flake.nix has more than " + MOST_INPUTS + " inputs: have it take in fewer");
    }
    Map<String, Literal> members = place.members(value, "");
    ObjectNode attributes = JsonMapper.shared().createObjectNode();
    Optional<String> url = Optional.empty();
    boolean isFlake = true;
    Optional<List<String>> follows = Optional.empty();
    for (Map.Entry<String, Literal> each : members.entrySet()) {
      String name = each.getKey();
      switch (name) {
        case "inputs" -> {} // below
        case "flake" -> isFlake = place.flag(each.getValue(), name);
        case "follows" -> follows = Optional.of(place.follows(each.getValue()));
        case "url" -> url = Optional.of(url(each.getValue(), place));
        default -> put(attributes, name, each.getValue(), place);
      }
    }
    if (!attributes.has("type") && !attributes.isEmpty()) {
      throw place.refused(
          " has an unexpected attribute `"
              + VisibleText.word(attributes.propertyNames().iterator().next())
              + "`");
    }
    Optional<ObjectNode> none = Optional.empty();
    if (follows.isPresent()) {
      inputs.add(new Input(place.names(), isFlake, none, Optional.empty(), follows));
    } else if (attributes.has("type")) {
      url.ifPresent(text -> attributes.put("url", text));
      Optional<ObjectNode> all = Optional.of(attributes);
      inputs.add(new Input(place.names(), isFlake, all, Optional.empty(), follows));
    } else if (url.isPresent()) {
      inputs.add(new Input(place.names(), isFlake, none, url, follows));
    }
    Literal further = members.get("inputs");
    if (further != null) {
      all(further, place);
    }
  }

  private String url(Literal value, InputPlace place) throws PermanentException {
    return switch (value) {
      case Literal.Text(String text) when text.length() > LockGate.MOST_CHARACTERS ->
          throw place.refused(
              " has a reference of more than " + LockGate.MOST_CHARACTERS + " characters");
      case Literal.Text(String text) -> text;
      case Literal.FilePath(String file) -> {
        Path target = Path.of(file);
        if (!target.startsWith(root)) {
          throw place.refused(" is a path that leads out of its source");
        }
        String relative = folder.relativize(target).toString();
        yield "path:" + (relative.isEmpty() ? "." : relative);
      }
      default -> throw place.computed("url");
    };
  }

  private static void put(ObjectNode attributes, String name, Literal value, InputPlace place)
      throws PermanentException {
    switch (value) {
      case Literal.Text(String text) -> attributes.put(name, text);
      case Literal.Flag(boolean flag) -> attributes.put(name, flag);
      case Literal.Whole(long number) -> attributes.put(name, number);
      default -> throw place.computed(name);
    }
  }
}
