package dev.plimsoll.formats.checkpoint;

import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;

/// A tensor as a file holds it.
///
/// @param name as in the file, not made printable
/// @param type one element's; packed quantised values have the type of their container
/// @param dimensions outermost first in every format
/// @param bytes what its values take in the file
/// @param file the file that holds it, relative to the checkpoint's folder
public record StoredTensor(String name, DataType type, Dimensions dimensions, Bytes bytes, String file) {

    /// Elements of its type; not parameters where values are packed.
    public long elements() {
        return dimensions.elements();
    }
}
