package dev.plimsoll.cli;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/// Where the project's own files are, whatever folder the tests are started in.
final class Project {
    private Project() {}

    /// The folder that holds the launcher.
    static Path root() {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve("plimsoll"))) {
            at = Objects.requireNonNull(at.getParent(), "the project's root");
        }
        return at;
    }
}
