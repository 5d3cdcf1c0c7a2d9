package dev.plimsoll.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// Paths that are no usual files.
final class Pipes {
    /// Linux lets nobody read it, not even the administrator, to whom the permissions of usual files do not apply.
    private static final Path FOR_WRITING_ONLY = Path.of("/proc/sys/vm/compact_memory");

    private Pipes() {}

    /// Makes a named pipe.
    static void make(Path pipe) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
    }

    /// A file that the user of this test may not read.
    static Path unreadable(Path path) throws IOException {
        Files.createFile(path);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("---------"));
        if (Files.isReadable(path)) {
            Files.delete(path);
            Files.createSymbolicLink(path, FOR_WRITING_ONLY);
        }
        return path;
    }
}
