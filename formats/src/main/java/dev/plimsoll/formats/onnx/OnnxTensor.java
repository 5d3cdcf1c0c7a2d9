package dev.plimsoll.formats.onnx;

import dev.plimsoll.formats.checkpoint.Dimensions;
import dev.plimsoll.formats.checkpoint.Span;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.model.units.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/// One `TensorProto`, its values skipped but measured.
final class OnnxTensor {
    private static final int EXTERNAL = 1;

    private final ProtoCursor proto;
    private final List<Long> sizes = new ArrayList<>();
    private final Map<String, String> externalData = new LinkedHashMap<>();
    private String name = "";
    private long typeNumber;
    private long location;
    private OptionalLong rawBytes = OptionalLong.empty();
    private long rawEnd;
    private ProtoCursor.Count listed = ProtoCursor.Count.NONE;

    private OnnxTensor(ProtoCursor proto) {
        this.proto = proto;
    }

    /// Reads the message at hand.
    static OnnxTensor read(ProtoCursor proto) {
        OnnxTensor tensor = new OnnxTensor(proto);
        proto.message(tensor::readField);
        return tensor;
    }

    /// Empty where the tensor has none, as those of Constant nodes.
    String name() {
        return name;
    }

    boolean isText() {
        return typeNumber == OnnxTypes.STRING;
    }

    boolean isExternal() {
        return location == EXTERNAL;
    }

    /// The entries that say where external data lie: `location`, `offset`, `length`.
    Map<String, String> externalData() {
        return externalData;
    }

    /// Where the values lie in this file; empty where they are listed as numbers or lie in another file.
    Optional<Span> span() {
        return rawBytes.isEmpty() || isExternal()
                ? Optional.empty()
                : Optional.of(new Span(name, rawEnd - rawBytes.getAsLong(), rawEnd));
    }

    /// @throws InputException when the type is unknown
    DataType type() {
        return OnnxTypes.byNumber(Math.clamp(typeNumber, -1, Integer.MAX_VALUE))
                .orElseThrow(() -> InputException.unsupported(
                        proto.broken("tensor " + Text.printable(name) + ": unknown type number "
                                        + Long.toUnsignedString(typeNumber) + ", expected a known type")
                                .getMessage(),
                        "Export the model with another data type."));
    }

    /// @throws InputException when a size is negative or their product is past 2^63 - 1
    Dimensions dimensions() {
        try {
            return new Dimensions(sizes);
        } catch (IllegalArgumentException negative) {
            throw broken("sizes " + sizes + ", expected none below 0");
        } catch (ArithmeticException overflow) {
            throw broken("more than 2^63 - 1 elements, expected fewer");
        }
    }

    /// Bytes that the values take, wherever they are; those within this file are compared with it.
    ///
    /// @throws InputException when the file holds more or fewer values than the sizes say
    Bytes bytes() {
        DataType type = type();
        long elements = dimensions().elements();
        try {
            Bytes bytes = type.bytes(elements);
            if (!isExternal()) {
                compare(bytes, OnnxTypes.listedNumbers(type, elements));
            }
            return bytes;
        } catch (ArithmeticException overflow) {
            throw broken("more than 2^63 - 1 bytes, expected fewer");
        }
    }

    InputException broken(String cause) {
        return proto.broken("tensor " + Text.printable(name) + ": " + cause);
    }

    private void compare(Bytes bytes, long numbers) {
        if (rawBytes.isPresent()) {
            if (rawBytes.getAsLong() != bytes.count()) {
                throw broken("found " + rawBytes.getAsLong() + " bytes of values, expected " + bytes.count());
            }
        } else if (!listed.admits(numbers)) {
            throw broken("found " + listed.least() + " to " + listed.most() + " values, expected " + numbers);
        }
    }

    private void readField(int field) {
        switch (field) {
            case 1 -> proto.eachNumber(this::addSize);
            case 2 -> typeNumber = proto.number();
            case 3 -> throw broken("is a segment of a larger tensor, expected a whole one");
            case 4 -> listed = listed.plus(proto.skipNumbers(Float.BYTES, Float.BYTES));
            case 5, 7, 11 -> listed = listed.plus(proto.skipNumbers(1, 10));
            case 8 -> name = proto.text();
            case 9 -> {
                rawBytes = OptionalLong.of(proto.skipBytes());
                rawEnd = proto.position();
            }
            case 10 -> listed = listed.plus(proto.skipNumbers(Double.BYTES, Double.BYTES));
            case 13 -> readEntry();
            case 14 -> location = proto.number();
            default -> proto.skip();
        }
    }

    private void addSize(long size) {
        if (sizes.size() == Dimensions.MOST) {
            throw broken("more than " + Dimensions.MOST + " sizes, expected fewer");
        }
        sizes.add(size);
    }

    private void readEntry() {
        String[] entry = {"", ""};
        proto.message(field -> {
            switch (field) {
                case 1 -> entry[0] = proto.text();
                case 2 -> entry[1] = proto.text();
                default -> proto.skip();
            }
        });
        switch (entry[0]) {
            case "location", "offset", "length" -> externalData.put(entry[0], entry[1]);
            default -> {}
        }
    }
}
