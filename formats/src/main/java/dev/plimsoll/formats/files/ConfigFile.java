package dev.plimsoll.formats.files;

import dev.plimsoll.formats.json.JsonObject;
import dev.plimsoll.formats.json.JsonReader;
import dev.plimsoll.formats.json.JsonValue;
import dev.plimsoll.formats.source.FileSource;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/// A `config.json`: a file, a pipe, or standard input; at most 16 MiB.
public final class ConfigFile {
    /// The path that stands for standard input.
    public static final Path STANDARD_INPUT = Path.of("-");

    private ConfigFile() {}

    /// Reads a config.
    ///
    /// @throws InputException when it cannot be read, or is no JSON object
    public static JsonObject read(Path path) {
        if (path.equals(STANDARD_INPUT)) {
            return read("standard input", System.in);
        }
        String name = Text.printable(path.toString());
        try (InputStream text = Files.newInputStream(path)) {
            return read(name, text);
        } catch (IOException failure) {
            throw FileSource.unreadable(name, failure);
        }
    }

    /// Reads a config from a stream, which is not closed.
    ///
    /// @param name what errors call the input
    /// @throws InputException when it cannot be read, or is no JSON object
    public static JsonObject read(String name, InputStream text) {
        JsonValue value = JsonReader.read(name, text);
        if (value instanceof JsonObject config) {
            return config;
        }
        throw InputException.unreadable(
                name + ": found " + value.describe() + ", expected an object", "Give the model's config.json.");
    }
}
