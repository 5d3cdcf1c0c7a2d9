package dev.plimsoll.engine.generation;

import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.DataType;
import java.util.List;

/// What one layer keeps for each token: a row of each of some values, for example of key and value.
///
/// @param values `[b, s, ..]`
/// @param dataType what they are held in
public record EntryShape(List<Value> values, DataType dataType) {
    public EntryShape {
        values = List.copyOf(values);
    }

    /// Rows of an entry.
    int parts() {
        return values.size();
    }

    /// Elements of a token's row.
    int width(int part) {
        return Math.toIntExact(values.get(part).shape().fixedElements());
    }

    /// Bytes of one token's entry.
    long bytes() {
        long bytes = 0;
        for (int part = 0; part < parts(); part++) {
            bytes += dataType.bytes(width(part)).count();
        }
        return bytes;
    }
}
