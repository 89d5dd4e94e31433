package dev.flakerelay.nix;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.Token;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads flake.nix and flake.lock of flakes that are somewhere else, without following what they ask
 * for.
 *
 * <p>nix itself reads them, in restricted and pure evaluation ("restrict-eval" in the Nix manual's
 * page on nix.conf): an expression there can read the flake's own files and compute, no more. nix
 * takes nothing but literals for inputs, so that it sees later what is seen here. What is fetched
 * stays in the folder for the lock that is made next.
 */
final class FlakeReader {
  /** {@code ./} is what the folder of flake.nix is; what leads out of it begins with a slash. */
  private static final String READ =
      """
      most: text:
      with builtins;
      let
        reference = if substring 0 1 text == "{" then fromJSON text else parseFlakeRef text;
        folder = (fetchTree (removeAttrs reference [ "dir" ])).outPath
          + (if reference ? dir then "/${reference.dir}" else "");
        has = name: pathExists "${folder}/${name}";
        read = name:
          let text = readFile "${folder}/${name}";
          in if stringLength text > most then throw "${name} is too large: at most ${toString most} bytes are read"
          else text;
        relative = file:
          let length = stringLength folder;
          in if substring 0 length file == folder then "." + substring length (-1) file else file;
        refer = input:
          if input ? url then
            if isPath input.url then { type = "path"; path = relative (toString input.url); }
            else if match "[./].*" input.url != null then { type = "path"; path = input.url; }
            else parseFlakeRef input.url
          else removeAttrs input [ "inputs" "flake" ];
        declare = path: inputs: concatMap
          (name:
            let
              input = inputs.${name};
              here = path ++ [ name ];
              one = { path = here; flake = input.flake or true; };
            in (if input ? follows then [ one ]
              else if input ? url || input ? type then [ (one // { reference = refer input; }) ]
              else [ ])
              ++ declare here (input.inputs or { }))
          (attrNames inputs);
        flake = seq (read "flake.nix") (import "${folder}/flake.nix");
      in toJSON {
        inherit reference;
        declarations = if has "flake.nix" then declare [ ] (flake.inputs or { }) else [ ];
        lock = if has "flake.lock" then read "flake.lock" else null;
      }
      """;

  /** Fetches, and evaluates nothing that was fetched. */
  private static final String PIN =
      """
      text:
      with builtins;
      let
        reference = fromJSON text;
        tree = fetchTree (removeAttrs reference [ "dir" ]);
        isOnForge = elem reference.type [ "github" "gitlab" "sourcehut" ];
      in toJSON ((if isOnForge then removeAttrs reference [ "ref" ] else reference)
        // (if tree ? rev then { inherit (tree) rev; } else { inherit (tree) narHash; }))
      """;

  /** Bytes: a flake.lock as a text in JSON, and the inputs. */
  private static final long MOST_ANSWERED = 3L * LockReader.MOST_BYTES;

  private final NixProcess nix;
  private final NixFolder folder;
  private final List<Token> tokens;

  /**
   * A reader.
   *
   * @param tokens what may not be in a message
   */
  FlakeReader(NixProcess nix, NixFolder folder, List<Token> tokens) {
    this.nix = nix;
    this.folder = folder;
    this.tokens = tokens;
  }

  /**
   * Fetches a flake and reads it.
   *
   * @param reference with a revision
   * @throws PermanentException if its files are too large, or not what nix takes
   */
  SourceFlake read(String reference) throws IOException, JobException {
    return read(reference, reference.substring(0, reference.indexOf(':') + 1), reference);
  }

  /** The same for a reference as an object, which may name a branch, or nothing. */
  SourceFlake read(JsonNode reference) throws IOException, JobException {
    String name = name(reference);
    JsonNode pinned = isPinned(reference) ? reference : pin(reference, name);
    return read(pinned.toString(), Origin.of(reference).scheme() + ":", name);
  }

  /** What a reference is called in messages. */
  static String name(JsonNode reference) {
    String folder = reference.path("dir").asString("");
    return Origin.of(reference).text() + (folder.isEmpty() ? "" : "?dir=" + folder);
  }

  private static boolean isPinned(JsonNode reference) {
    return reference.has("rev") || reference.has("narHash");
  }

  /**
   * What a stranger wrote is evaluated purely only, and purely nothing is fetched that may move.
   */
  private JsonNode pin(JsonNode reference, String name) throws IOException, JobException {
    return evaluate(List.of("--impure"), "(" + PIN + ") " + quoted(reference.toString()), name);
  }

  private SourceFlake read(String reference, String allowed, String name)
      throws IOException, JobException {
    return SourceFlake.of(
        evaluate(
            List.of("--option", "restrict-eval", "true", "--option", "allowed-uris", allowed),
            "(" + READ + ") " + LockReader.MOST_BYTES + " " + quoted(reference),
            name));
  }

  private JsonNode evaluate(List<String> options, String expression, String name)
      throws IOException, JobException {
    Path answer = Files.createTempDirectory(folder.path(), "read").resolve("answer");
    List<String> arguments = new ArrayList<>(List.of("eval"));
    arguments.addAll(options);
    arguments.addAll(List.of("--write-to", answer.toString(), "--expr", expression));
    nix.run(arguments, "nix could not read the source " + name, tokens);
    if (Files.size(answer) > MOST_ANSWERED) {
      throw new PermanentException(
          "the flake.nix and flake.lock of "
              + name
              + " say too much: at most "
              + MOST_ANSWERED
              + " bytes of it are read");
    }
    return JsonMapper.shared().readTree(Files.readAllBytes(answer));
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("${", "\\${") + '"';
  }
}
