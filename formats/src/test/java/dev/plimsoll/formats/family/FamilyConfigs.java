package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.files.ConfigFile;
import dev.plimsoll.formats.json.JsonObject;
import dev.plimsoll.formats.json.JsonText;
import dev.plimsoll.formats.json.JsonValue;
import dev.plimsoll.model.architecture.Transformer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/// The configs of two hundred published models, and `truth.csv`, which says what each must come to.
final class FamilyConfigs {
    private FamilyConfigs() {}

    /// The rows of the table that give a figure: file, parameters, active parameters, source.
    static List<String[]> rows() {
        try (InputStream table = open("truth.csv")) {
            return new String(table.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .skip(1)
                    .map(line -> line.split(",", 4))
                    .filter(row -> !row[1].isEmpty())
                    .toList();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    static List<String> files() {
        return rows().stream().map(row -> row[0]).toList();
    }

    static Config read(String file) {
        return new Config(file, object(file));
    }

    static Transformer describe(String file) {
        return Families.describe(read(file));
    }

    /// The model of a config as another family would take it.
    static Transformer describeAs(String modelType, String file) {
        SequencedMap<String, JsonValue> members =
                new LinkedHashMap<>(object(file).members());
        members.put("model_type", new JsonText(modelType));
        return Families.describe(new Config(file, new JsonObject(members)));
    }

    private static JsonObject object(String file) {
        try (InputStream text = open(file)) {
            return ConfigFile.read(file, text);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static InputStream open(String name) throws IOException {
        InputStream stream = FamilyConfigs.class.getResourceAsStream("/dev/plimsoll/formats/families/" + name);
        if (stream == null) {
            throw new IOException("no resource " + name);
        }
        return stream;
    }
}
