package dev.plimsoll.formats.source;

import dev.plimsoll.model.failure.FailureKind;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/// Writes a file aside and then gives it its name, so that whoever looks finds the old file or the new one, whole.
public final class WholeFile {
    private WholeFile() {}

    /// What is written.
    @FunctionalInterface
    public interface Content {
        void writeTo(OutputStream out) throws IOException;
    }

    /// Replaces a file, and makes the folders above it.
    ///
    /// @throws InputException when it cannot be written; the file is then as it was
    public static void write(Path file, Content content) {
        Path target = file.toAbsolutePath();
        Path folder = target.getParent();
        if (folder == null) {
            throw new IllegalArgumentException("no file: " + file);
        }
        try {
            Files.createDirectories(folder);
            // Not a temporary file, which nobody else may read.
            Path aside = folder.resolve(target.getFileName() + "." + UUID.randomUUID() + ".part");
            try {
                try (OutputStream out =
                        new BufferedOutputStream(Files.newOutputStream(aside, StandardOpenOption.CREATE_NEW))) {
                    content.writeTo(out);
                }
                Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(aside);
            }
        } catch (IOException failure) {
            throw new InputException(
                    FailureKind.SURROUNDINGS,
                    "%s: cannot be written: %s %s"
                            .formatted(
                                    Text.printable(file.toString()),
                                    failure.getClass().getSimpleName(),
                                    Text.printable(String.valueOf(failure.getMessage()))),
                    "Choose a folder that can be written to, on a disk with room.");
        }
    }
}
