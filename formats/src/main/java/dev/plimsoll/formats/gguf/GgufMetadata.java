package dev.plimsoll.formats.gguf;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Text;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.SequencedMap;

/// The metadata of a GGUF file, by key; each reading is empty where the key is not there, and fails where it has
/// another type.
///
/// @param file for errors
/// @param values in the order of the file
public record GgufMetadata(String file, SequencedMap<String, GgufValue> values) {
    public GgufMetadata {
        values = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(values));
    }

    /// The value, whatever its type.
    public Optional<GgufValue> value(String key) {
        return Optional.ofNullable(values.get(key));
    }

    /// A text.
    ///
    /// @throws InputException when the value is something else, or longer than 64 KiB
    public Optional<String> text(String key) {
        return value(key).map(value -> switch (value) {
            case GgufValue.Words(String text) -> text;
            case GgufValue.Whole _, GgufValue.Real _, GgufValue.Flag _, GgufValue.Array _, GgufValue.Skipped _ ->
                throw wrong(key, value, "a text");
        });
    }

    /// A whole number.
    ///
    /// @throws InputException when the value is something else, or does not fit 64 bits with a sign
    public OptionalLong whole(String key) {
        Optional<GgufValue> value = value(key);
        return value.isEmpty() ? OptionalLong.empty() : OptionalLong.of(whole(key, value.get()));
    }

    /// A number, whole or not.
    ///
    /// @throws InputException when the value is something else
    public OptionalDouble real(String key) {
        Optional<GgufValue> value = value(key);
        return value.isEmpty()
                ? OptionalDouble.empty()
                : OptionalDouble.of(
                        switch (value.get()) {
                            case GgufValue.Whole(BigInteger number) -> number.doubleValue();
                            case GgufValue.Real(double number) -> number;
                            case GgufValue.Words _, GgufValue.Flag _, GgufValue.Array _, GgufValue.Skipped _ ->
                                throw wrong(key, value.get(), "a number");
                        });
    }

    /// A truth value.
    ///
    /// @throws InputException when the value is something else
    public Optional<Boolean> flag(String key) {
        return value(key).map(value -> switch (value) {
            case GgufValue.Flag(boolean flag) -> flag;
            case GgufValue.Whole _, GgufValue.Real _, GgufValue.Words _, GgufValue.Array _, GgufValue.Skipped _ ->
                throw wrong(key, value, "true or false");
        });
    }

    /// A whole number for each layer: an array of that many, or one number for all of them.
    ///
    /// @throws InputException when the value is something else, or an array of another length
    public Optional<List<Long>> perLayer(String key, int layers) {
        return value(key).map(value -> switch (value) {
            case GgufValue.Whole _ -> Collections.nCopies(layers, whole(key, value));
            case GgufValue.Array(List<GgufValue> elements)
            when elements.size() == layers -> {
                List<Long> numbers = new ArrayList<>(layers);
                elements.forEach(element -> numbers.add(whole(key, element)));
                yield List.copyOf(numbers);
            }
            case GgufValue.Real _, GgufValue.Flag _, GgufValue.Words _, GgufValue.Array _, GgufValue.Skipped _ ->
                throw wrong(key, value, "one whole number, or one for each of " + layers + " layers");
        });
    }

    /// How many elements an array has, also one too long to keep.
    ///
    /// @throws InputException when the value is no array
    public OptionalLong arrayLength(String key) {
        Optional<GgufValue> value = value(key);
        return value.isEmpty()
                ? OptionalLong.empty()
                : OptionalLong.of(
                        switch (value.get()) {
                            case GgufValue.Array(List<GgufValue> elements) -> elements.size();
                            case GgufValue.Skipped(long length) -> length;
                            case GgufValue.Whole _, GgufValue.Real _, GgufValue.Flag _, GgufValue.Words _ ->
                                throw wrong(key, value.get(), "an array");
                        });
    }

    private long whole(String key, GgufValue value) {
        return switch (value) {
            case GgufValue.Whole(BigInteger number) when number.bitLength() < Long.SIZE -> number.longValue();
            case GgufValue.Whole _,
                    GgufValue.Real _,
                    GgufValue.Flag _,
                    GgufValue.Words _,
                    GgufValue.Array _,
                    GgufValue.Skipped _ -> throw wrong(key, value, "a whole number below 2^63");
        };
    }

    private InputException wrong(String key, GgufValue value, String expected) {
        String found = switch (value) {
            case GgufValue.Whole(BigInteger number) -> number.toString();
            case GgufValue.Real(double number) -> Double.toString(number);
            case GgufValue.Flag(boolean flag) -> Boolean.toString(flag);
            case GgufValue.Words(String text) -> '"' + Text.printable(text) + '"';
            case GgufValue.Array(List<GgufValue> elements) -> "an array of " + elements.size();
            case GgufValue.Skipped(long length) -> "an array or text of " + length;
        };
        return InputException.unreadable(
                file + ": " + Text.printable(key) + ": found " + found + ", expected " + expected,
                "The file is damaged, or was converted by a faulty tool: convert or fetch it again.");
    }
}
