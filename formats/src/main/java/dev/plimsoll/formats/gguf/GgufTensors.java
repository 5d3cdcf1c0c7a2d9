package dev.plimsoll.formats.gguf;

import dev.plimsoll.formats.checkpoint.CheckpointBuilder;
import dev.plimsoll.formats.checkpoint.Dimensions;
import dev.plimsoll.formats.checkpoint.Span;
import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.formats.source.SourceCursor;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.GgmlTypes;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.model.units.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/// The second part of a GGUF header: each tensor's name, sizes, type and place.
final class GgufTensors {
    private static final int LONGEST_NAME = 64;
    private static final int MOST_SIZES = 4;
    private static final int DEFAULT_ALIGNMENT = 32;
    private static final long LARGEST_ALIGNMENT = 1 << 30;

    private final GgufHeader header;
    private final SourceCursor cursor;
    private final String fileName;
    private final long alignment;
    private final List<Span> spans = new ArrayList<>();

    GgufTensors(GgufHeader header, String fileName, GgufMetadata metadata) {
        this.header = header;
        this.cursor = header.cursor();
        this.fileName = fileName;
        this.alignment = metadata.whole("general.alignment").orElse(DEFAULT_ALIGNMENT);
        if (alignment < 1 || alignment > LARGEST_ALIGNMENT || Long.bitCount(alignment) != 1) {
            throw header.broken("general.alignment is " + alignment + ", expected a power of two");
        }
    }

    void read(long count, CheckpointBuilder into) {
        for (long tensor = 0; tensor < count; tensor++) {
            into.tensor(tensor());
            header.refuseTooLong();
        }
        checkSpans(into);
    }

    private StoredTensor tensor() {
        long length = header.count("bytes of a tensor's name", 1);
        if (length > LONGEST_NAME) {
            throw header.broken("tensor name of " + length + " bytes, expected at most " + LONGEST_NAME);
        }
        String name = cursor.text((int) length);
        Dimensions dimensions = dimensions(name);
        DataType type = type(name);
        Bytes bytes = bytes(name, type, dimensions);
        long offset = cursor.int64();
        if (offset < 0 || offset % alignment != 0) {
            throw broken(
                    name, "data at offset " + Long.toUnsignedString(offset) + ", expected a multiple of " + alignment);
        }
        spans.add(span(name, offset, bytes));
        return new StoredTensor(name, type, dimensions, bytes, fileName);
    }

    /// The sizes, which the file gives innermost first.
    private Dimensions dimensions(String name) {
        int rank = cursor.int32();
        if (rank < 0 || rank > MOST_SIZES) {
            throw broken(name, Integer.toUnsignedString(rank) + " sizes, expected at most " + MOST_SIZES);
        }
        List<Long> sizes = new ArrayList<>(rank);
        for (int axis = 0; axis < rank; axis++) {
            long size = header.version() == 1 ? Integer.toUnsignedLong(cursor.int32()) : cursor.int64();
            if (size < 0) {
                throw broken(name, "size " + Long.toUnsignedString(size) + ", expected less than 2^63");
            }
            sizes.add(size);
        }
        try {
            return new Dimensions(sizes.reversed());
        } catch (ArithmeticException overflow) {
            throw broken(name, "more than 2^63 - 1 elements, expected fewer");
        }
    }

    private DataType type(String name) {
        int number = cursor.int32();
        return GgmlTypes.byNumber(number)
                .orElseThrow(() -> InputException.unsupported(
                        header.source().name() + ": tensor " + Text.printable(name) + ": type number "
                                + Integer.toUnsignedString(number) + " is unknown or removed, expected a known type",
                        "Convert the file with a current tool."));
    }

    private Bytes bytes(String name, DataType type, Dimensions dimensions) {
        long innermost = dimensions.rank() == 0 ? 1 : dimensions.sizes().getLast();
        if (innermost % type.blockElements() != 0) {
            throw broken(
                    name,
                    "rows of " + Numbers.grouped(innermost) + " elements, expected whole blocks of "
                            + type.blockElements() + " for " + type.name());
        }
        try {
            return type.bytes(dimensions.elements());
        } catch (ArithmeticException overflow) {
            throw broken(name, "more than 2^63 - 1 bytes, expected fewer");
        }
    }

    private Span span(String name, long offset, Bytes bytes) {
        try {
            return new Span(name, offset, Math.addExact(offset, bytes.count()));
        } catch (ArithmeticException overflow) {
            throw broken(name, "data end past 2^63 - 1, expected them within the file");
        }
    }

    /// Data start behind the header, at the next multiple of the alignment; they must lie within the file and not
    /// overlap.
    private void checkSpans(CheckpointBuilder into) {
        long start = aligned(cursor.position());
        long length = Math.max(0, header.source().length() - start);
        Collections.sort(spans);
        long end = 0;
        long claimed = 0;
        for (Span span : spans) {
            if (span.end() > length) {
                throw broken(
                        span.tensor(),
                        "data end at byte " + Numbers.grouped(span.end()) + " of the data, expected at most "
                                + Numbers.grouped(length));
            }
            if (span.begin() < end && span.begin() < span.end()) {
                throw broken(
                        span.tensor(),
                        "data begin at byte " + Numbers.grouped(span.begin()) + " of the data, expected no less than "
                                + Numbers.grouped(end) + ", where the tensor before ends");
            }
            end = Math.max(end, span.end());
            claimed += Math.min(aligned(span.end()), length) - span.begin();
        }
        if (claimed < length) {
            into.note(Text.printable(fileName) + " has " + Numbers.grouped(length - claimed)
                    + " bytes of data that belong to no tensor.");
        }
    }

    private long aligned(long position) {
        return Math.ceilDiv(position, alignment) * alignment;
    }

    private InputException broken(String name, String cause) {
        return header.broken("tensor " + Text.printable(name) + ": " + cause);
    }
}
