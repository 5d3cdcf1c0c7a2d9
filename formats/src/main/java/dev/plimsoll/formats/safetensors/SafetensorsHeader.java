package dev.plimsoll.formats.safetensors;

import dev.plimsoll.formats.checkpoint.CheckpointBuilder;
import dev.plimsoll.formats.checkpoint.Dimensions;
import dev.plimsoll.formats.checkpoint.Span;
import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.formats.json.JsonCursor;
import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.formats.source.SourceStream;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.model.units.Text;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads the header of one safetensors file: 8 bytes of length, then JSON that gives each tensor its type, shape and
/// place. Every claim is checked against the others and against the file's length; the values are not read.
final class SafetensorsHeader {
    private static final long LENGTH_BYTES = 8;
    private static final long LONGEST = 100_000_000;
    private static final String REMEDY = "The file is damaged or was cut off: fetch it again.";

    private final ByteSource source;
    private final String fileName;
    private final long dataStart;
    private final JsonCursor cursor;
    private final List<Span> spans = new ArrayList<>();

    private SafetensorsHeader(ByteSource source, String fileName) {
        this.source = source;
        this.fileName = fileName;
        this.dataStart = LENGTH_BYTES + headerLength();
        this.cursor = JsonCursor.open(source.name(), new SourceStream(source, LENGTH_BYTES, dataStart));
    }

    /// Adds the file and its tensors.
    ///
    /// @param fileName what the tensors name as their file
    /// @return where each tensor's bytes lie, counted from the file's start, in that order
    /// @throws InputException when the header is not what its format says
    static List<Span> read(ByteSource source, String fileName, CheckpointBuilder into) {
        into.file(fileName, source.length());
        SafetensorsHeader header = new SafetensorsHeader(source, fileName);
        header.read(into);
        return header.spans.stream()
                .map(span -> new Span(span.tensor(), header.dataStart + span.begin(), header.dataStart + span.end()))
                .toList();
    }

    private long headerLength() {
        if (source.length() < LENGTH_BYTES) {
            throw broken("found " + source.length() + " bytes, expected a safetensors file");
        }
        long length = source.read(0, (int) LENGTH_BYTES).getLong();
        if (Long.compareUnsigned(length, LONGEST) > 0) {
            throw broken("header of " + Long.toUnsignedString(length) + " bytes, expected at most 100,000,000");
        }
        if (length < 2 || length > source.length() - LENGTH_BYTES) {
            throw broken("header of " + Numbers.grouped(length) + " bytes in a file of "
                    + Numbers.grouped(source.length()) + ", expected a header that fits the file");
        }
        if (source.read(LENGTH_BYTES, 1).get() != '{') {
            throw broken("header does not start with {, expected JSON");
        }
        return length;
    }

    private void read(CheckpointBuilder into) {
        boolean metadataSeen = false;
        cursor.enterObject();
        while (cursor.nextMember()) {
            if (!cursor.key().equals("__metadata__")) {
                into.tensor(tensor(cursor.key()));
            } else if (metadataSeen) {
                throw cursor.broken("found a second time, expected once");
            } else {
                metadataSeen = true;
                readMetadata(into);
            }
        }
        cursor.end();
        checkSpans();
    }

    private void readMetadata(CheckpointBuilder into) {
        cursor.enterObject();
        while (cursor.nextMember()) {
            into.claim(cursor.key(), cursor.text());
        }
    }

    private StoredTensor tensor(String name) {
        DataType type = null;
        Dimensions dimensions = null;
        Span span = null;
        cursor.enterObject();
        while (cursor.nextMember()) {
            switch (cursor.key()) {
                case "dtype" -> type = once(type, type());
                case "shape" -> dimensions = once(dimensions, dimensions());
                case "data_offsets" -> span = once(span, span(name));
                default -> cursor.skip();
            }
        }
        if (type == null || dimensions == null || span == null) {
            throw broken("tensor " + Text.printable(name) + ": expected dtype, shape and data_offsets");
        }
        spans.add(span);
        return new StoredTensor(name, type, dimensions, bytes(name, type, dimensions, span), fileName);
    }

    private <T> T once(@Nullable T before, T now) {
        if (before != null) {
            throw cursor.broken("found a second time, expected once");
        }
        return now;
    }

    private DataType type() {
        String type = cursor.text();
        return SafetensorsTypes.byName(type)
                .orElseThrow(() -> cursor.broken(
                        "unknown type " + Text.printable(type) + ", expected one of " + SafetensorsTypes.names()));
    }

    private Dimensions dimensions() {
        List<Long> sizes = new ArrayList<>();
        cursor.enterArray();
        while (cursor.nextElement()) {
            if (sizes.size() == Dimensions.MOST) {
                throw cursor.broken("more than " + Dimensions.MOST + " sizes, expected fewer");
            }
            sizes.add(cursor.natural());
        }
        try {
            return new Dimensions(sizes);
        } catch (ArithmeticException overflow) {
            throw cursor.broken("more than 2^63 - 1 elements, expected fewer");
        }
    }

    private Span span(String name) {
        List<Long> offsets = new ArrayList<>(2);
        cursor.enterArray();
        while (cursor.nextElement()) {
            if (offsets.size() == 2) {
                throw cursor.broken("more than two offsets, expected begin and end");
            }
            offsets.add(cursor.natural());
        }
        if (offsets.size() < 2) {
            throw cursor.broken("found " + offsets.size() + " offsets, expected begin and end");
        }
        return new Span(name, offsets.getFirst(), offsets.getLast());
    }

    private Bytes bytes(String name, DataType type, Dimensions dimensions, Span span) {
        long length = span.end() - span.begin();
        long elements = dimensions.elements();
        boolean fits;
        try {
            fits = elements % type.blockElements() == 0 && type.bytes(elements).count() == length;
        } catch (ArithmeticException overflow) {
            fits = false;
        }
        if (!fits) {
            throw broken("tensor " + Text.printable(name) + ": found " + length + " bytes, expected those of "
                    + type.name() + " " + dimensions);
        }
        return new Bytes(length);
    }

    /// The tensors' bytes must follow one another from the data's start to the file's end: no gap, no overlap.
    private void checkSpans() {
        Collections.sort(spans);
        long end = 0;
        for (Span span : spans) {
            if (span.begin() != end) {
                throw broken(
                        "tensor " + Text.printable(span.tensor()) + ": data begin at " + Numbers.grouped(span.begin())
                                + ", expected " + Numbers.grouped(end) + ", where the tensor before ends");
            }
            end = span.end();
        }
        if (end != source.length() - dataStart) {
            throw broken("found " + Numbers.grouped(source.length() - dataStart) + " bytes of data, expected "
                    + Numbers.grouped(end));
        }
    }

    private InputException broken(String cause) {
        return InputException.unreadable(source.name() + ": " + cause, REMEDY);
    }
}
