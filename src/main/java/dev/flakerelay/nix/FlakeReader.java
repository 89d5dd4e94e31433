package dev.flakerelay.nix;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.Token;
import dev.flakerelay.flake.FlakeDeclarations;
import dev.flakerelay.flake.FlakeLock;
import dev.flakerelay.flake.LockReader;
import dev.flakerelay.flake.Origin;
import dev.flakerelay.flake.SourceFlake;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads flake.nix and flake.lock of flakes that are somewhere else, without following what they ask
 * for.
 *
 * <p>Nothing that a stranger wrote is evaluated. nix fetches the flake by an expression of our own;
 * then its parser, which evaluates nothing, prints flake.nix in a normal form, and the inputs are
 * read from that: nix takes nothing but literals there. What is fetched stays in the folder for the
 * lock that is made next.
 */
final class FlakeReader {
  private final NixProcess nix;
  private final OwnExpression expression;
  private final ReadFlakes known;

  /**
   * A reader.
   *
   * @param tokens what may not be in a message
   * @param known flake.nix files that need not be parsed again
   */
  FlakeReader(NixProcess nix, NixFolder folder, List<Token> tokens, ReadFlakes known) {
    this.nix = nix;
    this.expression = new OwnExpression(nix, folder, tokens);
    this.known = known;
  }

  /**
   * Fetches a flake and reads it.
   *
   * @param reference with a revision
   * @throws PermanentException if its files are too large, or not what nix takes
   */
  SourceFlake read(String reference) throws IOException, JobException {
    return read(reference, reference);
  }

  /** The same for a reference as an object, which may name a branch, or nothing. */
  SourceFlake read(JsonNode reference) throws IOException, JobException {
    return read(reference.toString(), name(reference));
  }

  private SourceFlake read(String reference, String name) throws IOException, JobException {
    JsonNode fetched = expression.fetch(reference, name);
    JsonNode pinned = fetched.path("reference");
    Path root = Path.of(fetched.path("tree").asString(""));
    SourceTree tree = new SourceTree(root, pinned.path("dir").asString(""), name);
    FlakeInputs inputs = inputs(tree, name);
    List<SourceFlake.Declaration> declarations = declarations(inputs, name);
    for (SourceFlake.Declaration each : declarations) {
      if (each.reference().isPresent() && Origin.of(each.reference().get()).isRelative()) {
        tree.keepInside(each.reference().get().path("path").asString(""));
      }
    }
    boolean withSubmodules = pinned.has("submodules") || inputs.withSubmodules();
    return new SourceFlake(
        pinned,
        declarations,
        lock(tree, name),
        withSubmodules ? submodules(tree, pinned) : List.of());
  }

  /**
   * What a flake.nix that is on this machine says of its inputs.
   *
   * @throws PermanentException if it is too large, or not what nix takes
   */
  FlakeDeclarations declarations(Path root, String directory) throws IOException, JobException {
    String name = "the target";
    FlakeInputs inputs = inputs(new SourceTree(root, directory, name), name);
    return new FlakeDeclarations(
        declarations(inputs, name), inputs.arguments(), inputs.withSubmodules());
  }

  /** What a reference is called in messages. */
  static String name(JsonNode reference) {
    String folder = reference.path("dir").asString("");
    return Origin.of(reference).text() + (folder.isEmpty() ? "" : "?dir=" + folder);
  }

  private FlakeInputs inputs(SourceTree tree, String name) throws IOException, JobException {
    Optional<Path> file = tree.file("flake.nix");
    if (file.isEmpty()) {
      return FlakeInputs.NONE;
    }
    byte[] text = LockReader.bytes(file.get());
    if (text.length > LockReader.MOST_BYTES) {
      throw OwnExpression.tooLarge("flake.nix", name, LockReader.MOST_BYTES);
    }
    ReadFlakes.Place place =
        new ReadFlakes.Place(
            ByteBuffer.wrap(text), tree.relative(file.get()).toString(), tree.folder());
    Optional<FlakeInputs> read = known.get(place);
    if (read.isPresent()) {
      return read.get();
    }
    FlakeInputs inputs = parsed(text, place, name);
    known.put(place, inputs);
    return inputs;
  }

  private FlakeInputs parsed(byte[] text, ReadFlakes.Place flake, String name)
      throws IOException, JobException {
    Path copy = Files.createDirectories(expression.scratch("flake")).toRealPath();
    Path place = copy.resolve(flake.file());
    Files.createDirectories(place.resolveSibling("."));
    Files.write(place, text);
    Path answer = copy.resolveSibling("syntax");
    String attempt = "could not read the source " + name;
    nix.parse(place, answer, attempt);
    try {
      for (byte each : text) {
        if (each == 0) {
          // nix ends a text there, but prints all of it.
          throw new PermanentException("flake.nix has a NUL character");
        }
      }
      return FlakeInputs.of(
          SyntaxTree.read(OwnExpression.bytes(answer, name), copy.toString()),
          copy,
          copy.resolve(flake.folder()));
    } catch (PermanentException e) {
      throw new PermanentException(attempt + ": " + e.getMessage(), e);
    }
  }

  private static Optional<FlakeLock> lock(SourceTree tree, String name)
      throws IOException, JobException {
    Optional<Path> file = tree.file("flake.lock");
    if (file.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(FlakeLock.parse(LockReader.bytes(file.get())));
    } catch (PermanentException e) {
      throw new PermanentException(
          "could not read the source " + name + ": its " + e.getMessage(), e);
    }
  }

  private static List<JsonNode> submodules(SourceTree tree, JsonNode source)
      throws IOException, JobException {
    Optional<Path> file = tree.rootFile(".gitmodules");
    return file.isPresent()
        ? Submodules.references(
            new String(LockReader.bytes(file.get()), StandardCharsets.UTF_8), source)
        : List.of();
  }

  /** What URLs mean, nix says, in one run for all that are not plain. */
  private List<SourceFlake.Declaration> declarations(FlakeInputs inputs, String name)
      throws IOException, JobException {
    List<String> urls =
        inputs.inputs().stream()
            .flatMap(input -> input.url().stream())
            .filter(url -> PlainReference.of(url).isEmpty())
            .map(url -> url.startsWith(".") ? "path:" + url : url)
            .toList();
    List<JsonNode> meanings = new ArrayList<>();
    if (!urls.isEmpty()) {
      String all = JsonMapper.shared().writeValueAsString(urls);
      expression.refer(all, name).forEach(meanings::add);
    }
    List<SourceFlake.Declaration> declarations = new ArrayList<>();
    int next = 0;
    for (FlakeInputs.Input input : inputs.inputs()) {
      Optional<JsonNode> reference = input.attributes().map(JsonNode.class::cast);
      if (input.url().isPresent()) {
        Optional<JsonNode> plain = PlainReference.of(input.url().get());
        reference = plain.isPresent() ? plain : Optional.of(meanings.get(next));
        next += plain.isPresent() ? 0 : 1;
      }
      declarations.add(
          new SourceFlake.Declaration(input.path(), reference, input.follows(), input.isFlake()));
    }
    return declarations;
  }
}
