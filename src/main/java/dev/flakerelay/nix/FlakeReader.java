package dev.flakerelay.nix;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.Token;
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
  private static final String FETCH =
      """
      text:
      with builtins;
      let
        reference = if substring 0 1 text == "{" then fromJSON text else parseFlakeRef text;
        # Submodules are a stranger's choice, too: they are looked at before they are fetched.
        tree = fetchTree (removeAttrs reference
          (if reference ? submodules then [ "dir" "submodules" "narHash" ] else [ "dir" ]));
        isOnForge = elem reference.type [ "github" "gitlab" "sourcehut" ];
      in toJSON {
        reference = if reference ? rev || reference ? narHash then reference
          else (if isOnForge then removeAttrs reference [ "ref" ] else reference)
            // (if tree ? rev then { inherit (tree) rev; } else { inherit (tree) narHash; });
        tree = unsafeDiscardStringContext tree.outPath;
      }
      """;

  private static final String REFER =
      "text: with builtins; toJSON (map parseFlakeRef (fromJSON text))";

  /**
   * Bytes of flake.nix in nix's own form, in which path literals are long, and of other answers.
   */
  private static final long MOST_ANSWERED = 8L * LockReader.MOST_BYTES;

  private final NixProcess nix;
  private final NixFolder folder;
  private final List<Token> tokens;
  private final ReadFlakes known;

  /**
   * A reader.
   *
   * @param tokens what may not be in a message
   * @param known flake.nix files that need not be parsed again
   */
  FlakeReader(NixProcess nix, NixFolder folder, List<Token> tokens, ReadFlakes known) {
    this.nix = nix;
    this.folder = folder;
    this.tokens = tokens;
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
    JsonNode fetched = evaluate(FETCH, reference, name);
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
        pinned, declarations, lock(tree), withSubmodules ? submodules(tree, pinned) : List.of());
  }

  /**
   * The inputs in a flake.nix that is on this machine.
   *
   * @throws PermanentException if it is too large, or not what nix takes
   */
  List<List<String>> paths(Path root, String directory) throws IOException, JobException {
    String name = "the target";
    SourceTree tree = new SourceTree(root, directory, name);
    return inputs(tree, name).inputs().stream().map(FlakeInputs.Input::path).toList();
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
      throw tooLarge("flake.nix", name, LockReader.MOST_BYTES);
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
    Path copy = Files.createDirectories(scratch("flake")).toRealPath();
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
          SyntaxTree.read(bytes(answer, name), copy.toString()),
          copy,
          copy.resolve(flake.folder()));
    } catch (PermanentException e) {
      throw new PermanentException(attempt + ": " + e.getMessage(), e);
    }
  }

  private static Optional<FlakeLock> lock(SourceTree tree) throws IOException, JobException {
    Optional<Path> file = tree.file("flake.lock");
    return file.isPresent()
        ? Optional.of(FlakeLock.parse(LockReader.bytes(file.get())))
        : Optional.empty();
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
      evaluate(REFER, all, name).forEach(meanings::add);
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
      declarations.add(new SourceFlake.Declaration(input.path(), reference, input.isFlake()));
    }
    return declarations;
  }

  /**
   * Evaluates what we wrote.
   *
   * @param function takes a text and gives another, JSON
   * @param text whoever wrote it: it is in a file, as an argument can't be of any length
   */
  private JsonNode evaluate(String function, String text, String name)
      throws IOException, JobException {
    Path given = scratch("text");
    Files.writeString(given, text);
    Path answer = given.resolveSibling("answer");
    String expression = "(" + function + ") (builtins.readFile " + quoted(given.toString()) + ")";
    nix.run(
        List.of("eval", "--impure", "--write-to", answer.toString(), "--expr", expression),
        "nix could not read the source " + name,
        tokens);
    return JsonMapper.shared().readTree(bytes(answer, name));
  }

  /** A place in a folder of its own. */
  private Path scratch(String name) throws IOException {
    return Files.createTempDirectory(folder.path(), "read").resolve(name);
  }

  private static byte[] bytes(Path answer, String name) throws IOException, PermanentException {
    if (Files.size(answer) > MOST_ANSWERED) {
      throw tooLarge("what nix says of flake.nix", name, MOST_ANSWERED);
    }
    return Files.readAllBytes(answer);
  }

  private static PermanentException tooLarge(String what, String name, long most) {
    return new PermanentException(
        what + " of " + name + " is too large: at most " + most + " bytes are read");
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("${", "\\${") + '"';
  }
}
