package dev.flakerelay.support;

import dev.flakerelay.Revision;
import java.nio.file.Path;
import java.util.List;

/**
 * The ways in which targets are built, each as a {@link GoldenCase}. All sources move on after they
 * were locked, so an update that touches more than it should shows in the lock file.
 */
public enum TargetLayout {
  /** One input without inputs of its own, and another one that must stay. */
  PLAIN,
  /** The input has a lock file of its own, which changes between the two revisions. */
  LOCKED_GRAPH,
  /** Another input's input follows the one that is updated. */
  FOLLOWED,
  /** The input {@code nixpkgs} is the node {@code nixpkgs_2}. */
  OTHER_NODE_NAME,
  /** A submodule pins the same source. */
  SUBMODULE,
  /** The target has 20,000 files. */
  LARGE,
  /** The target has an input {@code path:./sub}, which has an input of its own. */
  RELATIVE_PATH,
  /** flake.nix is in a folder of the target. */
  DIRECTORY,
  /** The input is on GitLab, in a group. */
  GITLAB,
  /** The input is on sourcehut. */
  SOURCEHUT,
  /** The input is a Git repository on a host without an API. */
  GIT_HTTPS;

  /**
   * Makes the repositories below {@code folder}, hosts the sources and asks nix for the expected
   * lock file; takes 1 to 3 seconds, {@link #LARGE} ten and more.
   */
  public GoldenCase build(Path folder, TestForge forge) {
    GoldenBuilder builder = new GoldenBuilder(name(), folder.resolve(name()), forge);
    return switch (this) {
      case PLAIN -> plain(builder);
      case LOCKED_GRAPH -> lockedGraph(builder);
      case FOLLOWED -> followed(builder);
      case OTHER_NODE_NAME -> otherNodeName(builder);
      case SUBMODULE -> submodule(builder);
      case LARGE -> large(builder);
      case RELATIVE_PATH -> relativePath(builder);
      case DIRECTORY -> directory(builder);
      case GITLAB -> elsewhere(builder, "gitlab:group/app");
      case SOURCEHUT -> elsewhere(builder, "sourcehut:~acme/app");
      case GIT_HTTPS -> elsewhere(builder, "git+https://git.example.org/acme/app.git?ref=main");
    };
  }

  private static GoldenCase plain(GoldenBuilder builder) {
    TestRepository app = builder.source("app", FlakeText.describedAs("app"));
    TestRepository other = builder.source("other", FlakeText.describedAs("other"));
    TestRepository target =
        builder.target(
            ".",
            FlakeText.describedAs("target")
                .input("app", "github:acme/app")
                .input("other", "github:acme/other/main"));
    builder.moveOn(other);
    return builder.update(target, ".", "app", app);
  }

  private static GoldenCase lockedGraph(GoldenBuilder builder) {
    TestRepository nixpkgs = builder.source("nixpkgs", FlakeText.describedAs("nixpkgs"));
    TestRepository tools =
        builder.source(
            "tools", FlakeText.describedAs("tools").input("nixpkgs", "github:acme/nixpkgs"));
    FlakeText text =
        FlakeText.describedAs("app")
            .input("nixpkgs", "github:acme/nixpkgs")
            .input("tools", "github:acme/tools")
            .follows("tools.nixpkgs", "nixpkgs");
    TestRepository app = builder.source("app", text);
    TestRepository target =
        builder.target(
            ".",
            FlakeText.describedAs("target")
                .input("app", "github:acme/app")
                .input("tools", "github:acme/tools"));
    builder.moveOn(nixpkgs);
    builder.moveOn(tools);
    builder.relock(app);
    return builder.update(target, ".", "app", app);
  }

  private static GoldenCase followed(GoldenBuilder builder) {
    TestRepository nixpkgs = builder.source("nixpkgs", FlakeText.describedAs("nixpkgs"));
    TestRepository tools =
        builder.source(
            "tools", FlakeText.describedAs("tools").input("nixpkgs", "github:acme/nixpkgs"));
    TestRepository target =
        builder.target(
            ".",
            FlakeText.describedAs("target")
                .input("nixpkgs", "github:acme/nixpkgs/main")
                .input("tools", "github:acme/tools")
                .follows("tools.nixpkgs", "nixpkgs")
                .follows("alias", "nixpkgs"));
    builder.moveOn(tools);
    return builder.update(target, ".", "nixpkgs", nixpkgs);
  }

  private static GoldenCase otherNodeName(GoldenBuilder builder) {
    TestRepository nixpkgs = builder.source("nixpkgs", FlakeText.describedAs("nixpkgs"));
    TestRepository app =
        builder.source("app", FlakeText.describedAs("app").input("nixpkgs", "github:acme/nixpkgs"));
    TestRepository target =
        builder.target(
            ".",
            FlakeText.describedAs("target")
                .input("app", "github:acme/app")
                .input("nixpkgs", "github:acme/nixpkgs"));
    builder.moveOn(app);
    return builder.update(target, ".", "nixpkgs", nixpkgs);
  }

  private static GoldenCase submodule(GoldenBuilder builder) {
    TestRepository app = builder.source("app", FlakeText.describedAs("app"));
    Revision pinned = app.head("main");
    TestRepository target =
        builder.target(".", FlakeText.describedAs("target").input("app", "github:acme/app"));
    target
        .submodule("vendor/app", "https://github.com/acme/app.git", pinned)
        .submodule("vendor/other", "https://github.com/acme/other.git", pinned)
        .commit("Pin submodules");
    return builder.update(
        target, ".", List.of("app"), app, builder.moveOn(app), List.of("vendor/app"));
  }

  private static GoldenCase large(GoldenBuilder builder) {
    TestRepository app = builder.source("app", FlakeText.describedAs("app"));
    TestRepository target =
        builder.target(".", FlakeText.describedAs("target").input("app", "github:acme/app"));
    target.executable("run.sh", "#!/bin/sh\n").symlink("link", "run.sh").commit("Odd modes");
    target.commitBulk(20_000, "Bulk");
    return builder.update(target, ".", "app", app);
  }

  private static GoldenCase relativePath(GoldenBuilder builder) {
    TestRepository app = builder.source("app", FlakeText.describedAs("app"));
    TestRepository other = builder.source("other", FlakeText.describedAs("other"));
    TestRepository target = builder.empty("target");
    FlakeText sub = FlakeText.describedAs("sub").input("other", "github:acme/other");
    target.write("sub/flake.nix", sub.text());
    builder.lock(
        target,
        ".",
        FlakeText.describedAs("target").input("app", "github:acme/app").input("sub", "path:./sub"));
    builder.moveOn(other);
    return builder.update(target, ".", "app", app);
  }

  private static GoldenCase directory(GoldenBuilder builder) {
    TestRepository app = builder.source("app", FlakeText.describedAs("app"));
    TestRepository target =
        builder.target(
            "hosts/one", FlakeText.describedAs("target").input("app", "github:acme/app"));
    target.write("flake.nix", FlakeText.describedAs("root").text()).commit("Another flake");
    return builder.update(target, "hosts/one", "app", app);
  }

  private static GoldenCase elsewhere(GoldenBuilder builder, String reference) {
    TestRepository app = builder.source("app", FlakeText.describedAs("app"));
    TestRepository target =
        builder.target(".", FlakeText.describedAs("target").input("app", reference));
    return builder.update(target, ".", "app", app);
  }
}
