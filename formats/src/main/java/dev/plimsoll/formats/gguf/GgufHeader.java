package dev.plimsoll.formats.gguf;

import dev.plimsoll.formats.checkpoint.CheckpointBuilder;
import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.formats.source.SourceCursor;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.model.units.Text;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// Reads the header of one GGUF file: magic, version, two counts, metadata, and where each tensor lies.
///
/// Nothing is believed before it is compared with the bytes that are left: no count, no length, no offset. The header
/// must end within the first 256 MiB, which holds any vocabulary in use twenty times and bounds the work.
final class GgufHeader {
    private static final int MAGIC = 'G' | ('G' << 8) | ('U' << 16) | ('F' << 24);
    private static final long LONGEST = 256L << 20;
    private static final int LONGEST_TEXT = 1 << 16;
    private static final int MOST_ELEMENTS = 4096;
    private static final int ELEMENT_COST = 64;
    private static final long MOST_KEPT = 16 << 20;
    private static final int DEEPEST_ARRAY = 4;
    // In version 1, with empty names: length, type and one byte; length, rank, type and offset.
    private static final int LEAST_ENTRY = 4 + 4 + 1;
    private static final int LEAST_TENSOR = 4 + 4 + 4 + 8;

    private final ByteSource source;
    private final SourceCursor cursor;
    private final LinkedHashMap<String, GgufValue> values = new LinkedHashMap<>();
    private int version;
    private long kept;

    private GgufHeader(ByteSource source) {
        this.source = source;
        this.cursor = new SourceCursor(source, 0, source.length());
    }

    /// Adds the file and its tensors; gives what else the header says.
    ///
    /// @param fileName what the tensors name as their file
    /// @throws InputException when the header is not what its format says
    static Read read(ByteSource source, String fileName, CheckpointBuilder into) {
        into.file(fileName, source.length());
        GgufHeader header = new GgufHeader(source);
        header.readVersion();
        long tensors = header.count("tensors", LEAST_TENSOR);
        long entries = header.count("metadata entries", LEAST_ENTRY);
        for (long entry = 0; entry < entries; entry++) {
            header.readEntry();
        }
        GgufMetadata metadata = new GgufMetadata(source.name(), header.values);
        new GgufTensors(header, fileName, metadata).read(tensors, into);
        return new Read(header.version, header.cursor.order(), metadata, tensors);
    }

    /// What one header says, without its tensors.
    record Read(int version, ByteOrder order, GgufMetadata metadata, long tensors) {}

    ByteSource source() {
        return source;
    }

    SourceCursor cursor() {
        return cursor;
    }

    int version() {
        return version;
    }

    /// A count or length, which is 4 bytes in version 1 and 8 later.
    ///
    /// @param leastBytes what one of them takes at least
    long count(String what, int leastBytes) {
        long count = version == 1 ? Integer.toUnsignedLong(cursor.int32()) : cursor.int64();
        if (count < 0 || count > cursor.remaining() / leastBytes) {
            throw broken(Long.toUnsignedString(count) + " " + what + ", expected no more than the "
                    + Numbers.grouped(cursor.remaining()) + " bytes left can hold");
        }
        return count;
    }

    InputException broken(String cause) {
        return InputException.unreadable(
                source.name() + ": byte " + Numbers.grouped(cursor.position()) + ": " + cause,
                "The file is damaged or was cut off: fetch it again.");
    }

    void refuseTooLong() {
        if (cursor.position() > LONGEST) {
            throw broken("the header goes on past 256 MiB, expected its end before");
        }
    }

    private void readVersion() {
        int magic = cursor.int32();
        if (magic != MAGIC) {
            throw broken("starts with " + Integer.toHexString(Integer.reverseBytes(magic)) + ", expected GGUF");
        }
        version = cursor.int32();
        if ((version & 0xFFFF) == 0) {
            version = Integer.reverseBytes(version);
            cursor.order(ByteOrder.BIG_ENDIAN);
        }
        if (version < 1 || version > 3) {
            throw InputException.unsupported(
                    source.name() + ": GGUF version " + Integer.toUnsignedString(version) + ", expected 1, 2 or 3",
                    "Convert the file with a current tool.");
        }
    }

    private void readEntry() {
        long length = count("bytes of a key", 1);
        if (length > LONGEST_TEXT) {
            throw broken("key of " + length + " bytes, expected at most 65,535");
        }
        String key = cursor.text((int) length);
        keep(2 * length + ELEMENT_COST);
        if (kept > MOST_KEPT) {
            throw broken("more than 16 MiB of metadata besides the vocabulary, expected less");
        }
        GgufValue value = value(key, type(key));
        if (values.putIfAbsent(key, value) != null) {
            throw broken("key " + Text.printable(key) + ": found a second time, expected once");
        }
        refuseTooLong();
    }

    private GgufType type(String key) {
        int number = cursor.int32();
        return GgufType.byNumber(number)
                .orElseThrow(() -> broken("key " + Text.printable(key) + ": unknown type "
                        + Integer.toUnsignedString(number) + ", expected 0 to 12"));
    }

    private GgufValue value(String key, GgufType type) {
        return switch (type) {
            case STRING -> text();
            case ARRAY -> array(key);
            case U8, I8, U16, I16, U32, I32, F32, BOOL, U64, I64, F64 -> type.read(cursor);
        };
    }

    private GgufValue text() {
        long length = count("bytes of text", 1);
        if (length <= LONGEST_TEXT && kept + 2 * length <= MOST_KEPT) {
            keep(2 * length);
            return new GgufValue.Words(cursor.text((int) length));
        }
        cursor.skip(length);
        return new GgufValue.Skipped(length);
    }

    private GgufValue array(String key) {
        GgufType type = type(key);
        long length = count("elements of an array", leastBytes(type));
        if (type.isNumber() && length <= MOST_ELEMENTS && kept + length * ELEMENT_COST <= MOST_KEPT) {
            keep(length * ELEMENT_COST);
            List<GgufValue> elements = new ArrayList<>((int) length);
            for (int element = 0; element < length; element++) {
                elements.add(type.read(cursor));
            }
            return new GgufValue.Array(elements);
        }
        skipElements(key, type, length, 1);
        return new GgufValue.Skipped(length);
    }

    private void skipElements(String key, GgufType type, long length, int depth) {
        if (depth > DEEPEST_ARRAY) {
            throw broken("key " + Text.printable(key) + ": arrays nested more than 4 deep, expected fewer");
        }
        switch (type) {
            case STRING -> {
                for (long element = 0; element < length; element++) {
                    cursor.skip(count("bytes of text", 1));
                    refuseTooLong();
                }
            }
            case ARRAY -> {
                for (long element = 0; element < length; element++) {
                    GgufType inner = type(key);
                    skipElements(key, inner, count("elements of an array", leastBytes(inner)), depth + 1);
                    refuseTooLong();
                }
            }
            case U8, I8, U16, I16, U32, I32, F32, BOOL, U64, I64, F64 -> cursor.skip(length * type.bytes());
        }
    }

    /// Bytes that an element takes at least: lengths are half as long in version 1.
    private int leastBytes(GgufType type) {
        return version == 1 && !type.isNumber() ? type.bytes() / 2 : type.bytes();
    }

    private void keep(long bytes) {
        kept += bytes;
    }
}
