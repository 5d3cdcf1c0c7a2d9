package dev.plimsoll.formats;

import dev.plimsoll.formats.fixtures.FuzzTarget;
import dev.plimsoll.formats.fixtures.FuzzTargets;
import dev.plimsoll.model.failure.InputException;

/// The entry of the coverage-guided fuzzer, which finds the two methods by their names.
public final class GuidedFuzzing {
    private static FuzzTarget target = FuzzTargets.all().getFirst();

    private GuidedFuzzing() {}

    /// Chooses the parser, and loads its classes.
    ///
    /// @param name of one of the targets, the only argument
    public static void fuzzerInitialize(String[] name) {
        target = FuzzTargets.all().stream()
                .filter(candidate -> candidate.name().equals(String.join(" ", name)))
                .findFirst()
                .orElseThrow();
        // Classes are instrumented when they load, which takes longer than a parse may.
        target.valid().forEach(GuidedFuzzing::fuzzerTestOneInput);
        fuzzerTestOneInput(new byte[0]);
    }

    /// Parses one input; anything thrown but an [InputException] is a finding.
    public static void fuzzerTestOneInput(byte[] input) {
        try {
            target.parser().accept(input);
        } catch (InputException refused) {
            // As it should be.
        }
    }
}
