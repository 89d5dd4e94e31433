package dev.flakerelay.support;

/**
 * Writes the text of a flake.nix, input by input.
 *
 * <p>The outputs are one attribute that needs none of the inputs, so the flake evaluates whatever
 * they are.
 */
public final class FlakeText {
  private final String description;
  private final StringBuilder inputs = new StringBuilder();

  private FlakeText(String description) {
    this.description = description;
  }

  /** A flake without inputs so far. */
  public static FlakeText describedAs(String description) {
    return new FlakeText(description);
  }

  /** Adds an input with its flake reference, such as {@code github:owner/name/main}. */
  public FlakeText input(String name, String reference) {
    return line(name + ".url = \"" + reference + "\";");
  }

  /** Adds an input that is no flake. */
  public FlakeText plainInput(String name, String reference) {
    return input(name, reference).line(name + ".flake = false;");
  }

  /**
   * Makes an input of an input follow another one.
   *
   * @param path which, such as {@code tools.nixpkgs} for the input {@code nixpkgs} of {@code tools}
   * @param target what it follows, such as {@code nixpkgs} or {@code other/nixpkgs}
   */
  public FlakeText follows(String path, String target) {
    String attribute = path.replace(".", ".inputs.");
    return line(attribute + ".follows = \"" + target + "\";");
  }

  private FlakeText line(String text) {
    inputs.append("    ").append(text).append('\n');
    return this;
  }

  /** The file's text. */
  public String text() {
    String block = inputs.isEmpty() ? "" : "  inputs = {\n" + inputs + "  };\n";
    return "{\n  description = \""
        + description
        + "\";\n"
        + block
        + "  outputs = { ... }: { answer = 42; };\n}\n";
  }
}
