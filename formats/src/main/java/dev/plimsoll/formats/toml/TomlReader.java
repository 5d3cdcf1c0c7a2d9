package dev.plimsoll.formats.toml;

import dev.plimsoll.formats.json.JsonArray;
import dev.plimsoll.formats.json.JsonBoolean;
import dev.plimsoll.formats.json.JsonNull;
import dev.plimsoll.formats.json.JsonNumber;
import dev.plimsoll.formats.json.JsonObject;
import dev.plimsoll.formats.json.JsonText;
import dev.plimsoll.formats.json.JsonValue;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.dataformat.toml.TomlFactory;

/// Reads a TOML text to the tree of a JSON text: tables are objects, dates are texts.
///
/// At most 1 MiB, nested at most 64 deep.
public final class TomlReader {
    private static final int LONGEST = 1 << 20;
    private static final int DEEPEST = 64;
    private static final String REMEDY = "Correct the file; the error says where.";
    private static final TomlFactory FACTORY = TomlFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxNumberLength(1000)
                    .build())
            .build();

    private TomlReader() {}

    /// Reads a text that is in memory.
    ///
    /// @param name what errors call the input
    /// @throws InputException when the text is larger than 1 MiB, not UTF-8, or not TOML
    public static JsonObject read(String name, byte[] text) {
        if (text.length > LONGEST) {
            throw InputException.unreadable(
                    name + ": more than 1 MiB of TOML, expected a config of some kilobytes", "Give the job's config.");
        }
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), decoded(name, text))) {
            parser.nextToken();
            return object(parser);
        } catch (JacksonException failure) {
            throw InputException.unreadable(
                    name + ": not TOML: line " + failure.getLocation().getLineNr() + ", column "
                            + failure.getLocation().getColumnNr() + ": "
                            + Text.printable(String.valueOf(failure.getOriginalMessage())),
                    REMEDY);
        } catch (NumberFormatException | StackOverflowError unreasonable) {
            throw InputException.unreadable(
                    name + ": not TOML: a number is out of range, or it is nested too deep", REMEDY);
        }
    }

    private static JsonObject object(JsonParser parser) {
        LinkedHashMap<String, JsonValue> members = new LinkedHashMap<>();
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            parser.nextToken();
            members.put(key, value(parser));
        }
        return new JsonObject(members);
    }

    private static JsonArray array(JsonParser parser) {
        List<JsonValue> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            elements.add(value(parser));
        }
        return new JsonArray(elements);
    }

    private static JsonValue value(JsonParser parser) {
        return switch (parser.currentToken()) {
            case START_OBJECT -> object(parser);
            case START_ARRAY -> array(parser);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> new JsonNumber(parser.getString());
            case VALUE_TRUE -> new JsonBoolean(true);
            case VALUE_FALSE -> new JsonBoolean(false);
            case VALUE_NULL -> new JsonNull();
            default -> new JsonText(parser.getString());
        };
    }

    private static String decoded(String name, byte[] text) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(text))
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw InputException.unreadable(name + ": not UTF-8 text", "Save it as UTF-8.");
        }
    }
}
