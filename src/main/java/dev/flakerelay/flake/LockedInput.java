package dev.flakerelay.flake;

import dev.flakerelay.PermanentException;
import dev.flakerelay.Revision;
import dev.flakerelay.SourceBranch;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** An input of a flake as its lock file has it: what flake.nix asks for, and what is locked. */
public final class LockedInput {
  private final String name;
  private final LockNode node;

  LockedInput(String name, LockNode node) {
    this.name = name;
    this.node = node;
  }

  /** The locked revision; empty for a kind of input that has none (a path, a tarball). */
  public Optional<Revision> revision() {
    return node.text("locked", "rev").flatMap(Revision::find);
  }

  /** What flake.nix asks for, as nix wrote it down; equal texts mean equal references. */
  public String original() {
    return String.valueOf(node.attributes().get("original"));
  }

  /**
   * The flake reference that asks for exactly one revision of what flake.nix asks for ("Flake
   * references" in the Nix manual's page on {@code nix flake}).
   *
   * @throws PermanentException if this kind of input can't name a revision, or flake.nix itself
   *     pins one
   */
  public String at(Revision revision) throws PermanentException {
    refusePinned();
    return switch (type()) {
      case "github", "gitlab", "sourcehut" ->
          type()
              + ":"
              + oneWord(required("owner"))
              + "/"
              + required("repo")
              + "/"
              + revision
              + query(Map.of(), "host", "dir");
      case "git" ->
          "git+"
              + required("url")
              + query(
                  Map.of("rev", revision.hex()),
                  "ref",
                  "submodules",
                  "shallow",
                  "allRefs",
                  "lfs",
                  "exportIgnore",
                  "dir");
      default -> throw notGit();
    };
  }

  /**
   * The branch that flake.nix says this input is taken from.
   *
   * @throws PermanentException if this kind of input has no Git repository behind it
   */
  public SourceBranch branch() throws PermanentException {
    refusePinned();
    return switch (type()) {
      case "github", "gitlab", "sourcehut" ->
          SourceBranch.onForge(
              type(), attribute("host"), required("owner"), required("repo"), branchName());
      case "git" -> new SourceBranch(required("url"), branchName());
      default -> throw notGit();
    };
  }

  /** Of an archive nobody can say which commit it was made from, nor which of two is newer. */
  private PermanentException notGit() {
    String what =
        switch (type()) {
          case "tarball" -> ", an archive that is downloaded from a URL";
          case "file" -> ", a file that is downloaded from a URL";
          case "path" -> ", a folder";
          default -> "";
        };
    return new PermanentException(
        "the input `"
            + name
            + "` is of type "
            + type()
            + what
            + ": there is no Git repository behind it, so no revision can be asked for; write"
            + " github:, gitlab:, sourcehut: or git+https:// in flake.nix");
  }

  /** A short name; empty for the repository's default branch. */
  private Optional<String> branchName() throws PermanentException {
    Optional<String> ref = node.text("original", "ref");
    if (isIndirect() && ref.isEmpty()) {
      // A registry's entry may name a branch; a lock keeps that of a Git URL only.
      ref = node.text("locked", "ref");
      if (ref.isEmpty()) {
        throw new PermanentException(
            "flake.nix takes the input `"
                + name
                + "` from a registry, and only that knows the branch: name it as the route's"
                + " `source`, or write the whole reference into flake.nix");
      }
    }
    return ref.filter(text -> !text.equals("HEAD"))
        .map(text -> text.replaceFirst("^refs/heads/", ""));
  }

  private void refusePinned() throws PermanentException {
    if (node.text("original", "rev").isPresent()) {
      throw new PermanentException(
          "flake.nix pins the input `"
              + name
              + "` to a revision: name a branch there, or nothing, so that the lock decides");
    }
  }

  /**
   * An indirect reference ({@code nixpkgs}) was resolved when it was locked; ask for what it
   * became.
   */
  private String object() {
    return isIndirect() ? "locked" : "original";
  }

  private boolean isIndirect() {
    return node.text("original", "type").orElse("").equals("indirect");
  }

  private String type() {
    return node.text(object(), "type").orElse("unknown").toLowerCase(Locale.ROOT);
  }

  private Optional<String> attribute(String key) {
    return node.text(object(), key);
  }

  private String required(String key) throws PermanentException {
    return attribute(key)
        .orElseThrow(
            () ->
                new PermanentException(
                    "flake.lock has no `" + key + "` for the input `" + name + "`: lock it anew"));
  }

  private String query(Map<String, String> fixed, String... kept) {
    List<String> parts = new ArrayList<>();
    for (String key : kept) {
      JsonNode source = node.attributes().get(object());
      if (source != null && source.has(key)) {
        parts.add(key + "=" + encoded(flag(source.get(key))));
      }
    }
    fixed.forEach((key, value) -> parts.add(key + "=" + encoded(value)));
    String first = attribute("url").orElse("").contains("?") ? "&" : "?";
    return parts.isEmpty() ? "" : first + String.join("&", parts);
  }

  /** A GitLab subgroup, {@code group%2Fsub} or {@code group/sub} in lock files, stays one word. */
  private static String oneWord(String owner) {
    return owner.replace("%", "%25").replace("/", "%2F");
  }

  private static String flag(JsonNode value) {
    return value.isBoolean() ? (value.booleanValue() ? "1" : "0") : value.asString();
  }

  private static String encoded(String value) {
    return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20").replace("%2F", "/");
  }
}
