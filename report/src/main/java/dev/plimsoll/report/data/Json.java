package dev.plimsoll.report.data;

import java.io.StringWriter;
import java.util.List;
import java.util.SequencedMap;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.DefaultPrettyPrinter;

/// Prints an answer as JSON, indented, numbers as they are.
public final class Json {
    /// Doubles that hold a whole number below this are printed as one: no reader needs `1.4E13` for a count.
    private static final double WHOLE_BELOW = 0x1p63;

    private Json() {}

    /// The text, with a line break at its end.
    public static String print(Data data) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = new JsonFactory().createGenerator(new Indented(), text)) {
            write(generator, data);
        }
        return text.append('\n').toString();
    }

    private static void write(JsonGenerator generator, Data data) {
        switch (data) {
            case Data.Fields(SequencedMap<String, Data> values) -> {
                generator.writeStartObject();
                values.forEach((name, value) -> {
                    generator.writeName(name);
                    write(generator, value);
                });
                generator.writeEndObject();
            }
            case Data.Items(List<Data> values) -> {
                generator.writeStartArray();
                values.forEach(value -> write(generator, value));
                generator.writeEndArray();
            }
            case Data.Whole(long value) -> generator.writeNumber(value);
            case Data.Real(double value) -> writeReal(generator, value);
            case Data.Words(String value) -> generator.writeString(value);
            case Data.Truth(boolean value) -> generator.writeBoolean(value);
            case Data.Nothing() -> generator.writeNull();
        }
    }

    private static void writeReal(JsonGenerator generator, double value) {
        if (value == Math.rint(value) && Math.abs(value) < WHOLE_BELOW) {
            generator.writeNumber((long) value);
        } else {
            generator.writeNumber(value);
        }
    }

    private static final class Indented extends ObjectWriteContext.Base {
        @Override
        public tools.jackson.core.PrettyPrinter getPrettyPrinter() {
            return new DefaultPrettyPrinter();
        }
    }
}
