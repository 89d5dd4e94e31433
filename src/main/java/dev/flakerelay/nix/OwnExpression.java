package dev.flakerelay.nix;

import dev.flakerelay.JobException;
import dev.flakerelay.PermanentException;
import dev.flakerelay.Token;
import dev.flakerelay.flake.LockReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Has nix evaluate what is ours, for what nix alone knows: how to fetch, and what a URL means. */
final class OwnExpression {
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

  /**
   * Expressions for one run.
   *
   * @param tokens what may not be in a message
   */
  OwnExpression(NixProcess nix, NixFolder folder, List<Token> tokens) {
    this.nix = nix;
    this.folder = folder;
    this.tokens = tokens;
  }

  /**
   * Fetches a flake.
   *
   * @param reference as a URL or as JSON
   * @return the {@code reference} with a revision, and the {@code tree}'s path
   */
  JsonNode fetch(String reference, String name) throws IOException, JobException {
    return evaluate(FETCH, reference, name);
  }

  /** What a list of URLs, as JSON, means: one object each. */
  JsonNode refer(String urls, String name) throws IOException, JobException {
    return evaluate(REFER, urls, name);
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
  Path scratch(String name) throws IOException {
    return Files.createTempDirectory(folder.path(), "read").resolve(name);
  }

  /** What nix has answered. */
  static byte[] bytes(Path answer, String name) throws IOException, PermanentException {
    if (Files.size(answer) > MOST_ANSWERED) {
      throw tooLarge("what nix says of flake.nix", name, MOST_ANSWERED);
    }
    return Files.readAllBytes(answer);
  }

  /** What is wrong with a file that is larger than is read. */
  static PermanentException tooLarge(String what, String name, long most) {
    return new PermanentException(
        what + " of " + name + " is too large: at most " + most + " bytes are read");
  }

  private static String quoted(String text) {
    return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("${", "\\${") + '"';
  }
}
