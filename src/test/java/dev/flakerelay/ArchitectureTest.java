package dev.flakerelay;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds the table of packages in docs/architecture.md: who may use whom. */
class ArchitectureTest {
  private static final String ROOT = "dev.flakerelay";

  /** A row: its package, what it is, and the packages that it may use. */
  private static final Pattern ROW =
      Pattern.compile("\\| `([a-z.]+)` \\| [^|]+ \\| ([a-z., ]+) \\|");

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  private static final Map<String, Set<String>> TABLE = table();

  private static Map<String, Set<String>> table() {
    try (var lines = Files.lines(Path.of("docs/architecture.md"))) {
      return lines
          .map(ROW::matcher)
          .filter(Matcher::matches)
          .collect(toMap(row -> row.group(1), row -> Set.of(row.group(2).split(", ", -1))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Set<String> rooms() {
    return TABLE.keySet();
  }

  @Test
  void theTableHasEveryPackage() {
    assertThat(TABLE.keySet())
        .isEqualTo(CLASSES.stream().map(ArchitectureTest::room).collect(toSet()));
  }

  @ParameterizedTest
  @MethodSource("rooms")
  void aPackageUsesOnlyThoseThatTheTableAllows(String room) {
    Set<String> allowed = TABLE.getOrDefault(room, Set.of());
    classes()
        .that(describe("are in " + room, each -> room(each).equals(room)))
        .should()
        .onlyDependOnClassesThat(
            describe(
                "are in " + allowed,
                each ->
                    !isOurs(each)
                        || room(each).equals(room)
                        || allowed.contains("all")
                        || allowed.contains(room(each))))
        .check(CLASSES);
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(CLASSES);
  }

  @Test
  void whatGoesToLambdaUsesNothingThatStaysOut() {
    noClasses()
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
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".lambda..", ROOT + ".local..", ROOT + ".cli..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("com.amazonaws..", "com.sun.net..", "picocli..", "java.sql..")
        .check(CLASSES);
  }

  private static boolean isOurs(JavaClass each) {
    return each.getPackageName().startsWith(ROOT);
  }

  private static String room(JavaClass each) {
    String name = each.getPackageName();
    return name.equals(ROOT) ? "root" : name.substring(ROOT.length() + 1);
  }
}
