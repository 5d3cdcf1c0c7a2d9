package dev.plimsoll.benchmarks;

import dev.plimsoll.formats.model.LoadedModel;
import dev.plimsoll.formats.model.ModelReader;
import dev.plimsoll.model.failure.InputException;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;

/// Reads models that are on this machine.
final class Models {
    private Models() {}

    /// The catalogue's model of that name, or the one at that path.
    static LoadedModel read(String reference) {
        return reader("").read(reference);
    }

    /// A config in memory, from its text to the description.
    static LoadedModel readText(String config) {
        return reader(config).read("-");
    }

    private static ModelReader reader(String standardInput) {
        return new ModelReader(new ByteArrayInputStream(standardInput.getBytes(StandardCharsets.UTF_8)), reference -> {
            throw InputException.usage(reference + ": found a remote model, expected one here", "Give a local one.");
        });
    }
}
