package dev.plimsoll.formats.model;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.json.JsonObject;
import dev.plimsoll.formats.json.JsonReader;
import dev.plimsoll.formats.json.JsonValue;
import dev.plimsoll.model.units.Nearest;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.Optional;
import java.util.OptionalLong;

/// The published models that are built in: facts with their source, one resource each.
public final class Catalogue {
    private static final String FOLDER = "/dev/plimsoll/formats/catalogue/";
    private static final int MOST_SUGGESTED = 3;

    private Catalogue() {}

    /// A published model.
    ///
    /// @param ref what it is asked for by, for example `llama-2-7b`
    /// @param name as its authors call it
    /// @param source of the config and of the figures, and what is assumed
    /// @param parameters the exact figure published, in the logical convention
    /// @param published a rounded figure, where there is no exact one
    public record Entry(
            String ref,
            String name,
            String source,
            OptionalLong parameters,
            Optional<String> published,
            JsonObject config) {}

    /// What the models are asked for by, sorted.
    public static List<String> names() {
        return new String(resource("index.txt"), StandardCharsets.UTF_8)
                .lines()
                .filter(line -> !line.isBlank())
                .sorted()
                .toList();
    }

    /// All models, in the order of their names.
    public static List<Entry> entries() {
        return names().stream().map(Catalogue::read).toList();
    }

    /// The model asked for by that name, in upper or lower case.
    public static Optional<Entry> find(String name) {
        String lower = name.toLowerCase(Locale.ROOT);
        return names().contains(lower) ? Optional.of(read(lower)) : Optional.empty();
    }

    /// The names that need the fewest changes to become the given one, the nearest first.
    public static List<String> nearest(String name) {
        return Nearest.of(name, names(), MOST_SUGGESTED);
    }

    private static Entry read(String ref) {
        JsonValue value = JsonReader.read("catalogue/" + ref, resource(ref + ".json"));
        if (!(value instanceof JsonObject object)) {
            throw new IllegalStateException("the catalogue's " + ref + " is no object");
        }
        Config entry = new Config("catalogue/" + ref, object);
        return new Entry(
                ref,
                entry.text("name").orElse(ref),
                entry.text("source").orElseThrow(),
                entry.optionalSize("parameters"),
                entry.text("published"),
                (JsonObject) object.member("config").orElseThrow());
    }

    private static byte[] resource(String file) {
        try (InputStream stream = Catalogue.class.getResourceAsStream(FOLDER + file)) {
            if (stream == null) {
                throw new NoSuchElementException("the catalogue lacks " + file);
            }
            return stream.readAllBytes();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
