package dev.plimsoll.formats.gguf;

import java.math.BigInteger;
import java.util.List;

/// A value of GGUF metadata.
public sealed interface GgufValue {
    /// A whole number of any width and sign.
    record Whole(BigInteger value) implements GgufValue {}

    /// A real number; single precision is widened.
    record Real(double value) implements GgufValue {}

    /// True or false.
    record Flag(boolean value) implements GgufValue {}

    /// A text of at most 64 KiB.
    record Words(String value) implements GgufValue {}

    /// At most 4,096 numbers or truth values.
    record Array(List<GgufValue> elements) implements GgufValue {
        public Array {
            elements = List.copyOf(elements);
        }
    }

    /// What is too long to keep, such as a tokenizer's vocabulary.
    ///
    /// @param length elements of an array, bytes of a text
    record Skipped(long length) implements GgufValue {}
}
