package dev.plimsoll.cli;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.Test;

/// The walls between modules, also where Maven's transitive sight would let a class look over one.
class ArchitectureTest {
    private static final JavaClasses CLASSES = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("dev.plimsoll");

    @Test
    void everyModuleIsLookedAt() {
        for (String module : new String[] {"model", "formats", "planner", "engine", "verification", "report", "cli"}) {
            assertThat(CLASSES.that(resideInAPackage("dev.plimsoll." + module + "..")))
                    .as(module)
                    .isNotEmpty();
        }
    }

    @Test
    void theModelKnowsNothingButItself() {
        classes()
                .that()
                .resideInAPackage("dev.plimsoll.model..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("dev.plimsoll.model..", "java..", "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void thePlannerSeesOnlyTheModel() {
        classes()
                .that()
                .resideInAPackage("dev.plimsoll.planner..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage("dev.plimsoll.planner..", "dev.plimsoll.model..", "java..", "org.jspecify..")
                .check(CLASSES);
    }

    @Test
    void theFormatsSeeOnlyTheModel() {
        noClasses()
                .that()
                .resideInAPackage("dev.plimsoll.formats..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.plimsoll.planner..", "dev.plimsoll.report..", "dev.plimsoll.cli..")
                .check(CLASSES);
    }

    /// What was predicted and what was executed stay independent of one another.
    @Test
    void theEngineDoesNotSeeThePlanner() {
        noClasses()
                .that()
                .resideInAPackage("dev.plimsoll.engine..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.plimsoll.planner..", "dev.plimsoll.report..", "dev.plimsoll.cli..")
                .check(CLASSES);
    }

    /// Only where both are compared.
    @Test
    void nothingButVerificationSeesBothPlannerAndEngine() {
        noClasses()
                .that()
                .resideOutsideOfPackages("dev.plimsoll.verification..", "dev.plimsoll.engine..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("dev.plimsoll.engine..")
                .check(CLASSES);
    }

    @Test
    void theReportSeesNeitherFilesNorTheCommandLine() {
        noClasses()
                .that()
                .resideInAPackage("dev.plimsoll.report..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("dev.plimsoll.formats..", "dev.plimsoll.engine..", "dev.plimsoll.cli..")
                .check(CLASSES);
    }

    @Test
    void noPackagesDependOnOneAnotherInACircle() {
        slices().matching("dev.plimsoll.(*).(*)..").should().beFreeOfCycles().check(CLASSES);
        slices().matching("dev.plimsoll.(*)..").should().beFreeOfCycles().check(CLASSES);
    }

    @Test
    void onlyTheCommandLineEndsTheProcess() {
        noClasses()
                .that()
                .resideOutsideOfPackage("dev.plimsoll.cli..")
                .should()
                .callMethod(System.class, "exit", int.class)
                .check(CLASSES);
    }
}
