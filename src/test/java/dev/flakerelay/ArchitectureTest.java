package dev.flakerelay;

import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.syntax.ArchRuleDefinition;
import org.junit.jupiter.api.Test;

/** Holds the table of packages in docs/architecture.md: who may use whom. */
class ArchitectureTest {
  private static final String ROOT = "dev.flakerelay";

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void packagesUseOnlyThoseThatTheTableAllows() {
    layeredArchitecture()
        .consideringOnlyDependenciesInAnyPackage(ROOT + "..")
        .layer("words")
        .definedBy(ROOT)
        .layer("config")
        .definedBy(ROOT + ".config")
        .layer("webhook")
        .definedBy(ROOT + ".webhook")
        .layer("queue")
        .definedBy(ROOT + ".queue")
        .layer("nix")
        .definedBy(ROOT + ".nix")
        .layer("git")
        .definedBy(ROOT + ".git")
        .optionalLayer("github")
        .definedBy(ROOT + ".github")
        .layer("update")
        .definedBy(ROOT + ".update")
        .layer("lambda")
        .definedBy(ROOT + ".lambda")
        .layer("local")
        .definedBy(ROOT + ".local")
        .layer("cli")
        .definedBy(ROOT + ".cli")
        .whereLayer("words")
        .mayNotAccessAnyLayer()
        .whereLayer("config")
        .mayOnlyAccessLayers("words")
        .whereLayer("webhook")
        .mayOnlyAccessLayers("words", "config", "queue")
        .whereLayer("queue")
        .mayOnlyAccessLayers("words", "config")
        .whereLayer("nix")
        .mayOnlyAccessLayers("words")
        .whereLayer("git")
        .mayOnlyAccessLayers("words")
        .whereLayer("github")
        .mayOnlyAccessLayers("words")
        .whereLayer("update")
        .mayOnlyAccessLayers("words", "config", "queue", "nix", "git", "github")
        .whereLayer("cli")
        .mayNotBeAccessedByAnyLayer()
        .check(CLASSES);
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void whatGoesToLambdaUsesNothingThatStaysOut() {
    ArchRuleDefinition.noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".local..", ROOT + ".cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            ROOT + ".local..", ROOT + ".cli..", "picocli..", "org.sqlite..", "org.eclipse.jetty..")
        .check(CLASSES);
  }

  @Test
  void onlyTheOuterRingKnowsItsSurroundings() {
    ArchRuleDefinition.noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".lambda..", ROOT + ".local..", ROOT + ".cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.amazonaws..", "com.sun.net..", "picocli..", "java.sql..")
        .check(CLASSES);
  }
}
