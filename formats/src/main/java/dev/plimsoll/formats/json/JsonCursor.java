package dev.plimsoll.formats.json;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackReader;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;

/// Reads one JSON text forwards, a value at a time, in memory that does not grow with the text.
///
/// It stands on a value: on the outermost one at first. [#enterObject()] with [#nextMember()], and [#enterArray()]
/// with [#nextElement()], move it; whatever is not wanted must be passed with [#skip()]. The text is UTF-8, with or
/// without a byte order mark. Nested at most 64 deep; a text within it is at most 16 Mi characters long, a key 64
/// Ki, a number 1,000. Every error names the input, and the line or the path within it.
public final class JsonCursor {
    private static final int DEEPEST = 64;
    private static final int LONGEST_TEXT = 1 << 24;
    private static final int LONGEST_KEY = 1 << 16;
    private static final int LONGEST_NUMBER = 1000;
    private static final char BYTE_ORDER_MARK = '\uFEFF';

    // Keys are tensor names, all different: a table of those seen before would only cost memory.
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxStringLength(LONGEST_TEXT)
                    .maxNameLength(LONGEST_KEY)
                    .maxNumberLength(LONGEST_NUMBER)
                    .build())
            .build();

    private final String name;
    private final JsonParser parser;
    private String key = "";

    private JsonCursor(String name, JsonParser parser) {
        this.name = name;
        this.parser = parser;
    }

    /// Stands on the outermost value of a text.
    ///
    /// @param name what errors call the input
    /// @throws InputException when there is no value
    public static JsonCursor open(String name, InputStream text) {
        JsonCursor cursor = new JsonCursor(name, FACTORY.createParser(ObjectReadContext.empty(), decoded(name, text)));
        if (cursor.advance() == null) {
            throw cursor.broken("found nothing, expected JSON");
        }
        return cursor;
    }

    /// What the value is.
    public JsonKind kind() {
        JsonToken token = parser.currentToken();
        if (token == null) {
            throw new IllegalStateException("past the end of the text");
        }
        // No `case null`: such a switch is linked at run time, which took 20 ms of every start.
        return switch (token) {
            case START_OBJECT -> JsonKind.OBJECT;
            case START_ARRAY -> JsonKind.ARRAY;
            case VALUE_STRING -> JsonKind.TEXT;
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> JsonKind.NUMBER;
            case VALUE_TRUE, VALUE_FALSE -> JsonKind.BOOLEAN;
            case VALUE_NULL -> JsonKind.NULL;
            default -> throw new IllegalStateException("not on a value: " + token);
        };
    }

    /// Goes into the object; [#nextMember()] comes next.
    ///
    /// @throws InputException when the value is no object
    public void enterObject() {
        expect(JsonKind.OBJECT);
    }

    /// Moves on to the next member, which [#key()] then names; false at the end of the object, which is then left.
    public boolean nextMember() {
        if (advance() != JsonToken.PROPERTY_NAME) {
            return false;
        }
        key = parser.currentName();
        advance();
        return true;
    }

    /// The key of the member that was reached last.
    public String key() {
        return key;
    }

    /// Goes into the array; [#nextElement()] comes next.
    ///
    /// @throws InputException when the value is no array
    public void enterArray() {
        expect(JsonKind.ARRAY);
    }

    /// Moves on to the next element; false at the end of the array, which is then left.
    public boolean nextElement() {
        return advance() != JsonToken.END_ARRAY;
    }

    /// The text.
    ///
    /// @throws InputException when the value is no text
    public String text() {
        expect(JsonKind.TEXT);
        return guarded(parser::getString);
    }

    /// The number.
    ///
    /// @throws InputException when the value is no number
    public JsonNumber number() {
        expect(JsonKind.NUMBER);
        String text = guarded(parser::getString);
        try {
            return new JsonNumber(text);
        } catch (NumberFormatException notOurs) {
            throw broken("number " + Text.printable(text) + " is out of range");
        }
    }

    /// The number, which must be whole and not negative.
    ///
    /// @throws InputException when the value is no whole number from 0 to 2^63 - 1 without point and exponent
    public long natural() {
        if (parser.currentToken() == JsonToken.VALUE_NUMBER_INT) {
            try {
                long value = parser.getLongValue();
                if (value >= 0) {
                    return value;
                }
            } catch (JacksonException tooLarge) {
                throw broken("found a number past 2^63 - 1, expected a smaller whole number");
            }
        }
        throw broken("found " + describe() + ", expected a whole number that is not negative");
    }

    /// The truth value.
    ///
    /// @throws InputException when the value is neither `true` nor `false`
    public boolean truth() {
        expect(JsonKind.BOOLEAN);
        return parser.currentToken() == JsonToken.VALUE_TRUE;
    }

    /// Passes the value, whatever it holds.
    public void skip() {
        guarded(parser::skipChildren);
    }

    /// Ends the reading; the value must have been read to its end.
    ///
    /// @throws InputException when something else follows the value
    public void end() {
        if (advance() != null) {
            throw broken("found more after the end of the value, expected nothing");
        }
    }

    /// The failure of the value at hand, to be thrown.
    ///
    /// @param cause found and expected; names from the file in it are printable already
    public InputException broken(String cause) {
        String path = path();
        return InputException.unreadable(
                name + ": " + (path.isEmpty() ? "" : path + ": ") + cause, "Correct the file, or fetch it again.");
    }

    private void expect(JsonKind kind) {
        if (kind() != kind) {
            throw broken("found " + describe() + ", expected " + kind.description());
        }
    }

    private String describe() {
        return switch (kind()) {
            case NUMBER -> Text.printable(guarded(parser::getString));
            case OBJECT, ARRAY, TEXT, BOOLEAN, NULL -> kind().description();
        };
    }

    private @Nullable JsonToken advance() {
        try {
            return parser.nextToken();
        } catch (JacksonException failure) {
            throw malformed(failure);
        }
    }

    private <T> T guarded(Supplier<T> reading) {
        try {
            return reading.get();
        } catch (JacksonException failure) {
            throw malformed(failure);
        }
    }

    private InputException malformed(JacksonException failure) {
        if (failure.getCause() instanceof IOException reading) {
            return InputException.unreadable(
                    name + ": not UTF-8 text, or it cannot be read: "
                            + Text.printable(String.valueOf(reading.getMessage())),
                    "Correct the file, or fetch it again.");
        }
        TokenStreamLocation location = parser.currentLocation();
        return broken("line " + location.getLineNr() + ", column " + location.getColumnNr() + ": "
                + Text.printable(String.valueOf(failure.getOriginalMessage())));
    }

    /// Where in the text, as `text_config.rope_scaling.factors[3]`; empty at the outermost value.
    private String path() {
        StringBuilder path = new StringBuilder();
        for (TokenStreamContext at = parser.streamReadContext(); at != null; at = at.getParent()) {
            if (at.inArray() && at.hasCurrentIndex()) {
                path.insert(0, "[" + at.getCurrentIndex() + "]");
            } else if (at.inObject() && at.hasCurrentName()) {
                path.insert(0, "." + Text.printable(at.currentName()));
            }
        }
        return path.isEmpty() || path.charAt(0) != '.' ? path.toString() : path.substring(1);
    }

    private static Reader decoded(String name, InputStream text) {
        // A decoder made by hand refuses malformed input; one made from the charset's name would replace it.
        PushbackReader reader = new PushbackReader(new InputStreamReader(text, StandardCharsets.UTF_8.newDecoder()), 1);
        try {
            int first = reader.read();
            if (first >= 0 && first != BYTE_ORDER_MARK) {
                reader.unread(first);
            }
        } catch (IOException failure) {
            throw InputException.unreadable(
                    name + ": not UTF-8 text, or it cannot be read: "
                            + Text.printable(String.valueOf(failure.getMessage())),
                    "Correct the file, or fetch it again.");
        }
        return reader;
    }
}
