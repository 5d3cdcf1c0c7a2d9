package dev.plimsoll.formats.onnx;

import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.formats.source.SourceCursor;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Numbers;
import java.util.function.IntConsumer;

/// Reads protobuf messages forwards, and skips what is not asked for without reading it.
///
/// Messages nest at most 100 deep, as in protobuf's own parsers, and have at most 50 million fields in all, some
/// thousand times those of a large model; both bound the work.
final class ProtoCursor {
    private static final int NUMBER = 0;
    private static final int EIGHT_BYTES = 1;
    private static final int BYTES = 2;
    private static final int FOUR_BYTES = 5;
    private static final int DEEPEST = 100;
    private static final int MOST_FIELDS = 50_000_000;
    private static final int LONGEST_TEXT = 1 << 16;

    private final String name;
    private final SourceCursor cursor;
    private long end;
    private int wireType;
    private int depth;
    private int fields;

    ProtoCursor(ByteSource source) {
        this.name = source.name();
        this.cursor = new SourceCursor(source, 0, source.length());
        this.end = source.length();
    }

    /// Calls the reader with the number of each field up to the end of the outermost message. It must read or skip
    /// each.
    void fields(IntConsumer reader) {
        while (cursor.position() < end) {
            if (++fields > MOST_FIELDS) {
                throw broken("more than 50 million fields, expected fewer");
            }
            long tag = varint();
            wireType = (int) (tag & 7);
            long number = tag >>> 3;
            if (number < 1 || number > Integer.MAX_VALUE >> 2) {
                throw broken("field number " + Long.toUnsignedString(number) + ", expected one of a protobuf message");
            }
            reader.accept((int) number);
        }
        if (cursor.position() > end) {
            throw broken("a field ends behind its message, expected it within");
        }
    }

    /// Calls the reader with the number of each field of the message that is the value at hand.
    void message(IntConsumer reader) {
        long length = length();
        long outerEnd = end;
        end = cursor.position() + length;
        if (++depth > DEEPEST) {
            throw broken("messages nested more than 100 deep, expected fewer");
        }
        fields(reader);
        depth--;
        end = outerEnd;
    }

    /// A number, or enumeration value.
    long number() {
        expect(NUMBER);
        return varint();
    }

    /// A text of at most 64 KiB.
    String text() {
        long length = length();
        if (length > LONGEST_TEXT) {
            throw broken("text of " + Numbers.grouped(length) + " bytes, expected at most 65,536");
        }
        return cursor.text((int) length);
    }

    /// How many numbers the value at hand holds, once each or packed, at most; they are skipped.
    ///
    /// @param mostBytes bytes that a packed number takes at most
    /// @param leastBytes bytes that it takes at least
    Count skipNumbers(int leastBytes, int mostBytes) {
        if (wireType != BYTES) {
            skip();
            return new Count(1, 1);
        }
        long length = length();
        cursor.skip(length);
        return new Count(Math.ceilDiv(length, mostBytes), length / leastBytes);
    }

    /// A number of things that is known to lie in a range.
    record Count(long least, long most) {
        static final Count NONE = new Count(0, 0);

        Count plus(Count other) {
            return new Count(least + other.least, most + other.most);
        }

        boolean admits(long number) {
            return least <= number && number <= most;
        }
    }

    /// Calls the reader with each number of a repeated field, once for each or packed.
    void eachNumber(NumberReader reader) {
        if (wireType == NUMBER) {
            reader.accept(varint());
            return;
        }
        long length = length();
        long last = cursor.position() + length;
        while (cursor.position() < last) {
            reader.accept(varint());
        }
        if (cursor.position() > last) {
            throw broken("a packed number ends behind its field, expected it within");
        }
    }

    /// Takes one number.
    interface NumberReader {
        void accept(long number);
    }

    /// Skips bytes, and gives their length.
    long skipBytes() {
        long length = length();
        cursor.skip(length);
        return length;
    }

    /// Skips the value at hand, whatever it is.
    void skip() {
        switch (wireType) {
            case NUMBER -> varint();
            case EIGHT_BYTES -> cursor.skip(Long.BYTES);
            case FOUR_BYTES -> cursor.skip(Integer.BYTES);
            case BYTES -> skipBytes();
            default -> throw broken("wire type " + wireType + ", expected 0, 1, 2 or 5");
        }
    }

    /// Where the next byte is read from.
    long position() {
        return cursor.position();
    }

    InputException broken(String cause) {
        return InputException.unreadable(
                name + ": byte " + Numbers.grouped(cursor.position()) + ": " + cause,
                "The file is damaged, or is no ONNX model: export or fetch it again.");
    }

    private long length() {
        expect(BYTES);
        long length = varint();
        if (length < 0 || length > end - cursor.position()) {
            throw broken("value of " + Long.toUnsignedString(length) + " bytes, expected at most the "
                    + Numbers.grouped(Math.max(0, end - cursor.position())) + " left of its message");
        }
        return length;
    }

    private void expect(int expected) {
        if (wireType != expected) {
            throw broken("wire type " + wireType + ", expected " + expected);
        }
    }

    private long varint() {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            int octet = cursor.octet();
            value |= (octet & 0x7FL) << shift;
            if (octet < 0x80) {
                if (shift == 63 && octet > 1) {
                    break;
                }
                return value;
            }
        }
        throw broken("number of more than 64 bits, expected at most 10 bytes");
    }
}
