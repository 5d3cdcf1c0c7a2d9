package dev.plimsoll.formats.pytorch;

import dev.plimsoll.formats.checkpoint.Checkpoint;
import dev.plimsoll.formats.checkpoint.CheckpointBuilder;
import dev.plimsoll.formats.checkpoint.CheckpointFormat;
import dev.plimsoll.formats.checkpoint.WeightMap;
import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.formats.source.SourceFolder;

/// The sizes of `pytorch_model.bin` files, alone or under an index; a checkpoint without tensors.
public final class PickleSizes {
    private static final String NOTE =
            "PyTorch pickles are not opened, since they can run code: only their size is known.";

    private PickleSizes() {}

    /// The size of one file.
    public static Checkpoint ofFile(ByteSource source, String fileName) {
        CheckpointBuilder builder = new CheckpointBuilder(CheckpointFormat.PYTORCH);
        builder.file(fileName, source.length());
        builder.note(NOTE);
        return builder.build();
    }

    /// The sizes of all files that an index names.
    ///
    /// @throws dev.plimsoll.model.failure.InputException when the index cannot be read, or a file is missing
    public static Checkpoint ofSet(ByteSource index, SourceFolder folder) {
        WeightMap map = WeightMap.read(index);
        CheckpointBuilder builder = new CheckpointBuilder(CheckpointFormat.PYTORCH);
        map.claims().forEach(builder::claim);
        for (String shard : map.shards().keySet()) {
            try (ByteSource source = folder.open(index.name(), shard)) {
                builder.file(shard, source.length());
            }
        }
        builder.note(NOTE);
        return builder.build();
    }
}
