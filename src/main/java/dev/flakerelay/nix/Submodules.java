package dev.flakerelay.nix;

import dev.flakerelay.PermanentException;
import dev.flakerelay.VisibleText;
import dev.flakerelay.flake.Origin;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What a source's {@code .gitmodules} leads Git to ("gitmodules" in Git's manual). */
final class Submodules {
  /** On the server that the source itself is on. */
  private static final Pattern BESIDE =
      Pattern.compile("(?:\\./|(?:\\.\\./){1,2})[A-Za-z0-9_~-]+(?:[./][A-Za-z0-9_~-]+)*/?");

  private static final Pattern SSH = Pattern.compile("([^/:@]+@)([^/:@]+):([^/:].*)");

  private static final Pattern SETTING =
      Pattern.compile("\\s*([A-Za-z][A-Za-z0-9-]*)\\s*=\\s*([^\"\\\\;#]*?)\\s*");

  /** Nothing, a comment, or where the settings of one submodule begin. */
  private static final Pattern OTHER =
      Pattern.compile("\\s*(?:[;#].*|\\[submodule \"[^\"\\\\]*\"\\]\\s*)?");

  private Submodules() {}

  /**
   * The repositories as flake references.
   *
   * @param text the file's
   * @param source what has it
   * @throws PermanentException if it is not written as Git writes it: other forms could be read in
   *     two ways
   */
  static List<JsonNode> references(String text, JsonNode source) throws PermanentException {
    boolean isLocal = Origin.of(source).scheme().equals("git+file");
    List<JsonNode> references = new ArrayList<>();
    for (String line : text.lines().toList()) {
      Matcher setting = SETTING.matcher(line);
      if (setting.matches()) {
        String url = setting.group(2);
        boolean isUrl = setting.group(1).equalsIgnoreCase("url");
        if (isUrl && (isLocal || !BESIDE.matcher(url).matches())) {
          references.add(
              JsonMapper.shared()
                  .createObjectNode()
                  .put("type", "git")
                  .put("url", SSH.matcher(url).replaceFirst("ssh://$1$2/$3")));
        }
      } else if (!OTHER.matcher(line).matches()) {
        throw new PermanentException(
            "a line of .gitmodules, which lists submodules, is not in Git's plain form: "
                + VisibleText.word(line));
      }
    }
    return references;
  }
}
