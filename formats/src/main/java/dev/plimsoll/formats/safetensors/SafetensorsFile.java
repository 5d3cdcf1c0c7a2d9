package dev.plimsoll.formats.safetensors;

import dev.plimsoll.formats.checkpoint.Checkpoint;
import dev.plimsoll.formats.checkpoint.CheckpointBuilder;
import dev.plimsoll.formats.checkpoint.CheckpointFormat;
import dev.plimsoll.formats.source.ByteSource;

/// A checkpoint of one safetensors file.
public final class SafetensorsFile {
    private SafetensorsFile() {}

    /// Reads the header.
    ///
    /// @param fileName what the tensors name as their file
    /// @throws dev.plimsoll.model.failure.InputException when the header is not what its format says
    public static Checkpoint read(ByteSource source, String fileName) {
        CheckpointBuilder builder = new CheckpointBuilder(CheckpointFormat.SAFETENSORS);
        SafetensorsHeader.read(source, fileName, builder);
        return builder.build();
    }
}
