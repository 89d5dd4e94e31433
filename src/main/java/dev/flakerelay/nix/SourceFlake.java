package dev.flakerelay.nix;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * What a source's flake.nix and flake.lock ask for, as data, before nix follows any of it.
 *
 * <p>nix itself reads them, in restricted and pure evaluation ("restrict-eval" in the Nix manual's
 * page on nix.conf): an expression there can read the source's own files and compute, no more. nix
 * takes nothing but literals for inputs, so that it sees later what is seen here. What is fetched
 * stays in the folder for the lock that is made next.
 *
 * @param inputs what flake.nix asks for, by the input's name; those that follow another are left
 *     out
 * @param lock flake.lock, if there is one
 */
record SourceFlake(Map<String, JsonNode> inputs, Optional<FlakeLock> lock) {
  private static final String EXPRESSION =
      """
      most: reference:
      with builtins;
      let
        source = parseFlakeRef reference;
        folder = (fetchTree (removeAttrs source [ "dir" ])).outPath
          + (if source ? dir then "/${source.dir}" else "");
        has = name: pathExists "${folder}/${name}";
        read = name:
          let text = readFile "${folder}/${name}";
          in if stringLength text > most then throw "${name} is too large" else text;
        named = name: input: { inherit name; reference = refer input; };
        refer = input:
          if input ? url then
            if isPath input.url then { type = "path"; path = "./" + baseNameOf input.url; }
            else if match "[./].*" input.url != null then { type = "path"; path = input.url; }
            else parseFlakeRef input.url
          else removeAttrs input [ "inputs" "flake" ];
        collect = path: inputs: concatMap
          (name:
            let input = inputs.${name};
            in (if input ? follows || !(input ? url || input ? type) then [ ]
              else [ (named (path + name) input) ])
              ++ collect "${path}${name}/" (input.inputs or { }))
          (attrNames inputs);
        flake = seq (read "flake.nix") (import "${folder}/flake.nix");
      in toJSON {
        inputs = if has "flake.nix" then collect "" (flake.inputs or { }) else [ ];
        lock = if has "flake.lock" then read "flake.lock" else null;
      }
      """;

  /**
   * Fetches a source and reads it.
   *
   * @param reference with a revision
   * @param nix how nix is run
   * @param answer a file to be made
   * @throws PermanentException if its files are too large, or not what nix takes
   */
  static SourceFlake read(String reference, NixProcess nix, Path answer, List<String> tokens)
      throws IOException, JobException {
    List<String> arguments =
        List.of(
            "eval",
            "--option",
            "restrict-eval",
            "true",
            "--option",
            "allowed-uris",
            reference.substring(0, reference.indexOf(':') + 1),
            "--write-to",
            answer.toString(),
            "--expr",
            "(" + EXPRESSION + ") " + LockReader.MOST_BYTES + " " + quoted(reference));
    nix.run(arguments, "nix could not read the source " + reference, tokens);
    if (Files.size(answer) > 3L * LockReader.MOST_BYTES) {
      throw new PermanentException("the flake.nix or flake.lock of " + reference + " is too large");
    }
    JsonNode json = JsonMapper.shared().readTree(Files.readAllBytes(answer));
    Map<String, JsonNode> inputs = new LinkedHashMap<>();
    json.path("inputs")
        .forEach(input -> inputs.put(input.path("name").asString(""), input.path("reference")));
    JsonNode lock = json.path("lock");
    return new SourceFlake(
        inputs,
        lock.isString()
            ? Optional.of(FlakeLock.parse(lock.stringValue().getBytes(StandardCharsets.UTF_8)))
            : Optional.empty());
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("${", "\\${") + '"';
  }
}
