package dev.plimsoll.formats.onnx;

import dev.plimsoll.formats.checkpoint.CheckpointBuilder;
import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.formats.source.SourceFolder;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Bytes;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.model.units.Text;
import java.util.HashMap;
import java.util.Map;

/// The files beside an ONNX model that hold its larger tensors.
final class ExternalData {
    private final String model;
    private final SourceFolder folder;
    private final CheckpointBuilder into;
    private final Map<String, Long> lengths = new HashMap<>();

    ExternalData(String model, SourceFolder folder, CheckpointBuilder into) {
        this.model = model;
        this.folder = folder;
        this.into = into;
    }

    /// The file that holds a tensor, compared with the tensor's bytes.
    ///
    /// @throws InputException when the file is missing, leaves the folder, or is too short
    String locate(OnnxTensor tensor, Bytes bytes) {
        String location = tensor.externalData().getOrDefault("location", "");
        if (location.isEmpty()) {
            throw tensor.broken("values in another file, expected its location");
        }
        long length = lengths.computeIfAbsent(location, this::length);
        long offset = natural(tensor, "offset", 0);
        long claimed = natural(tensor, "length", bytes.count());
        if (claimed != bytes.count()) {
            throw tensor.broken(
                    "length " + claimed + " in " + Text.printable(location) + ", expected " + bytes.count());
        }
        if (offset > length || claimed > length - offset) {
            throw tensor.broken(
                    "values at " + Numbers.grouped(offset) + " of " + Text.printable(location) + ", which has "
                            + Numbers.grouped(length) + " bytes, expected " + Numbers.grouped(claimed) + " more");
        }
        return location;
    }

    private long length(String location) {
        try (ByteSource source = folder.open(model, location)) {
            into.file(location, source.length());
            return source.length();
        }
    }

    private static long natural(OnnxTensor tensor, String key, long absent) {
        String text = tensor.externalData().get(key);
        if (text == null) {
            return absent;
        }
        try {
            long value = Long.parseLong(text);
            if (value >= 0) {
                return value;
            }
        } catch (NumberFormatException _) {
            // Said below, as for a negative number.
        }
        throw tensor.broken(key + " \"" + Text.printable(text) + "\", expected a whole number that is not negative");
    }
}
