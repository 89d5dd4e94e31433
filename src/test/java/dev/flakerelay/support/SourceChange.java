package dev.flakerelay.support;

import dev.flakerelay.Revision;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;

/**
 * What a source may do to its inputs, and a target to those of a source, each as a {@link
 * GoldenCase}. All inputs move on after the source has locked them, so a lock that takes anything
 * else than the source's own flake.lock has is another one.
 */
public enum SourceChange {
  /** The source locks its inputs anew. */
  BUMPS,
  /** The source takes in one more, which has an input itself. */
  ADDS,
  /** The source drops one. */
  REMOVES,
  /** The source takes one from another repository. */
  REPOINTS,
  /** The source lets one follow another. */
  FOLLOWS,
  /** The target lets one, and one that is new, follow its own. */
  TARGET_FOLLOWS,
  /** The target lets one follow nothing. */
  TARGET_FOLLOWS_NOTHING,
  /** The target takes one from another repository; that is at its head. */
  TARGET_REPOINTS,
  /** The target takes one from another repository that the source has had for a revision only. */
  TARGET_REPOINTS_ADDED,
  /** Two of the target's inputs are flakes of the source. */
  TWO_INPUTS,
  /** Other inputs of the target follow into the source's, which the source bumps. */
  OTHERS_FOLLOW,
  /** The source takes in another one of its folders, which has an input itself. */
  RELATIVE_PATH,
  /** The source's flake is in a folder. */
  DIRECTORY,
  /** The source has no flake.lock, so its inputs are at their heads. */
  WITHOUT_LOCK,
  /** The source takes in one more and does not lock it. */
  ADDS_UNLOCKED;

  private static final String LIB = "github:acme/lib";
  private static final String NIXPKGS = "github:acme/nixpkgs";
  private static final String MORE = "github:acme/more";

  /** Makes the repositories as {@link TargetLayout#build} does. */
  public GoldenCase build(Path folder, TestForge forge) {
    return new Scene(new GoldenBuilder(name(), folder.resolve(name()), forge)).of(this);
  }

  private static FlakeText flake(String name) {
    return FlakeText.describedAs(name);
  }

  /** The source {@code app} takes in {@code lib}, and that {@code nixpkgs}. */
  private static final class Scene {
    private final GoldenBuilder builder;
    private final TestRepository nixpkgs;
    private final TestRepository lib;
    private final TestRepository more;
    private final TestRepository app;

    private Scene(GoldenBuilder builder) {
      this.builder = builder;
      this.nixpkgs = builder.source("nixpkgs", flake("nixpkgs"));
      this.lib = builder.source("lib", flake("lib").input("nixpkgs", NIXPKGS));
      builder.moveOn(nixpkgs);
      this.more = builder.source("more", flake("more").input("nixpkgs", NIXPKGS));
      this.app = builder.source("app", text());
    }

    private static FlakeText text() {
      return flake("app").input("lib", LIB).input("nixpkgs", NIXPKGS);
    }

    private GoldenCase of(SourceChange change) {
      return switch (change) {
        case BUMPS -> to(target(), text());
        case ADDS -> to(target(), text().input("more", MORE));
        case REMOVES -> to(target(), flake("app").input("nixpkgs", NIXPKGS));
        case REPOINTS -> to(target(), flake("app").input("lib", MORE).input("nixpkgs", NIXPKGS));
        case FOLLOWS -> to(target(), text().follows("lib.nixpkgs", "nixpkgs"));
        case TARGET_FOLLOWS ->
            to(
                target()
                    .input("nixpkgs", NIXPKGS)
                    .follows("app.nixpkgs", "nixpkgs")
                    .follows("app.more", "nixpkgs"),
                text().input("more", MORE));
        case TARGET_FOLLOWS_NOTHING -> to(target().follows("app.lib", ""), text());
        case TARGET_REPOINTS -> to(target().input("app.inputs.lib", MORE), text());
        case TARGET_REPOINTS_ADDED ->
            to(target().input("app.inputs.extra", MORE), text().input("extra", LIB));
        case TWO_INPUTS -> {
          builder.lock(app, "docs", flake("docs").input("lib", LIB));
          yield to(
              target().input("docs", "github:acme/app?dir=docs"), text(), List.of("app", "docs"));
        }
        case OTHERS_FOLLOW ->
            to(
                target()
                    .input("more", MORE)
                    .follows("more.nixpkgs", "app/nixpkgs")
                    .follows("alias", "app/lib"),
                text());
        case RELATIVE_PATH -> {
          app.write("sub/flake.nix", flake("sub").input("more", MORE).text());
          yield to(target(), text().input("sub", "path:./sub"));
        }
        case DIRECTORY -> {
          app.write("nix/flake.nix", text().text());
          builder.lock(app, "nix", text());
          yield to(flake("target").input("app", "github:acme/app?dir=nix"), text());
        }
        case WITHOUT_LOCK -> {
          app.git("rm", "-q", "flake.lock");
          app.commit("Unlock");
          yield update(target(), List.of("app"), () -> builder.moveOn(app));
        }
        case ADDS_UNLOCKED ->
            update(
                target(),
                List.of("app"),
                () -> app.write("flake.nix", text().input("more", MORE).text()).commit("Add"));
      };
    }

    private static FlakeText target() {
      return flake("target").input("app", "github:acme/app");
    }

    private GoldenCase to(FlakeText target, FlakeText changed) {
      return to(target, changed, List.of("app"));
    }

    private GoldenCase to(FlakeText target, FlakeText changed, List<String> inputs) {
      return update(target, inputs, () -> builder.change(app, changed));
    }

    private GoldenCase update(FlakeText text, List<String> inputs, Supplier<Revision> change) {
      TestRepository target = builder.target(".", text);
      List.of(nixpkgs, lib, more).forEach(builder::moveOn);
      Revision requested = change.get();
      List.of(nixpkgs, lib).forEach(builder::moveOn);
      return builder.update(target, ".", inputs, app, requested, List.of());
    }
  }
}
