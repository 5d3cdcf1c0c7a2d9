package dev.plimsoll.formats.gguf;

import dev.plimsoll.formats.source.SourceCursor;
import java.math.BigInteger;
import java.util.Optional;

/// The types of metadata values, in the order of their numbers.
enum GgufType {
    U8(1),
    I8(1),
    U16(2),
    I16(2),
    U32(4),
    I32(4),
    F32(4),
    BOOL(1),
    STRING(8),
    ARRAY(12),
    U64(8),
    I64(8),
    F64(8);

    private final int bytes;

    GgufType(int bytes) {
        this.bytes = bytes;
    }

    static Optional<GgufType> byNumber(int number) {
        return number >= 0 && number < values().length ? Optional.of(values()[number]) : Optional.empty();
    }

    /// Bytes of a number; of a string or an array those of its length fields in version 2 and 3.
    int bytes() {
        return bytes;
    }

    boolean isNumber() {
        return this != STRING && this != ARRAY;
    }

    /// Reads a number or a truth value.
    GgufValue read(SourceCursor cursor) {
        return switch (this) {
            case U8 -> whole(cursor.octet());
            case I8 -> whole((byte) cursor.octet());
            case U16 -> whole(Short.toUnsignedLong(cursor.int16()));
            case I16 -> whole(cursor.int16());
            case U32 -> whole(Integer.toUnsignedLong(cursor.int32()));
            case I32 -> whole(cursor.int32());
            case I64 -> whole(cursor.int64());
            case U64 -> new GgufValue.Whole(new BigInteger(Long.toUnsignedString(cursor.int64())));
            case F32 -> new GgufValue.Real(Float.intBitsToFloat(cursor.int32()));
            case F64 -> new GgufValue.Real(Double.longBitsToDouble(cursor.int64()));
            case BOOL -> new GgufValue.Flag(cursor.octet() != 0);
            case STRING, ARRAY -> throw new IllegalStateException("not a number: " + this);
        };
    }

    private static GgufValue whole(long value) {
        return new GgufValue.Whole(BigInteger.valueOf(value));
    }
}
