package dev.plimsoll.formats.safetensors;

import dev.plimsoll.formats.checkpoint.Checkpoint;
import dev.plimsoll.formats.checkpoint.CheckpointBuilder;
import dev.plimsoll.formats.checkpoint.CheckpointFormat;
import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.formats.checkpoint.WeightMap;
import dev.plimsoll.formats.source.ByteSource;
import dev.plimsoll.formats.source.SourceFolder;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Numbers;
import dev.plimsoll.model.units.Text;
import java.math.BigDecimal;
import java.util.List;
import java.util.Map;

/// A checkpoint of several safetensors files under an index.
///
/// The index says which shard holds a tensor; the shards' names mean nothing. What the index says about sizes is only
/// compared.
public final class SafetensorsSet {
    private static final String REMEDY = "The files do not belong together: fetch the index and its shards again.";

    private SafetensorsSet() {}

    /// Reads the index and the header of every shard.
    ///
    /// @param folder where the shards lie
    /// @throws InputException when a file is missing or is not what its format says, or index and shards disagree
    public static Checkpoint read(ByteSource index, SourceFolder folder) {
        WeightMap map = WeightMap.read(index);
        CheckpointBuilder builder = new CheckpointBuilder(CheckpointFormat.SAFETENSORS);
        map.claims().forEach(builder::claim);
        for (String shard : map.shards().keySet()) {
            try (ByteSource source = folder.open(index.name(), shard)) {
                int before = builder.tensors().size();
                SafetensorsHeader.read(source, shard, builder);
                strikeOff(builder.tensors().subList(before, builder.tensors().size()), map, index, builder);
            }
        }
        refuseMissing(map, index);
        compareTotalSize(map, builder);
        return builder.build();
    }

    /// Takes the tensors of one shard off the index, which shrinks while the checkpoint grows.
    private static void strikeOff(
            List<StoredTensor> tensors, WeightMap map, ByteSource index, CheckpointBuilder builder) {
        int unlisted = 0;
        String example = "";
        for (StoredTensor tensor : tensors) {
            String shard = map.tensors().remove(tensor.name());
            if (shard == null) {
                unlisted++;
                example = tensor.name();
            } else if (!shard.equals(tensor.file())) {
                throw InputException.unreadable(
                        index.name() + ": tensor " + Text.printable(tensor.name()) + ": found in "
                                + Text.printable(tensor.file()) + ", expected in " + Text.printable(shard),
                        REMEDY);
            }
        }
        if (unlisted > 0) {
            builder.note(Text.printable(tensors.getFirst().file()) + " holds " + Numbers.grouped(unlisted)
                    + " tensors that the index does not list, for example " + Text.printable(example) + ".");
        }
    }

    private static void refuseMissing(WeightMap map, ByteSource index) {
        for (Map.Entry<String, String> missing : map.tensors().entrySet()) {
            throw InputException.unreadable(
                    index.name() + ": tensor " + Text.printable(missing.getKey()) + ": not in "
                            + Text.printable(missing.getValue()) + ", where the index has it ("
                            + Numbers.grouped(map.tensors().size()) + " missing in all)",
                    REMEDY);
        }
    }

    private static void compareTotalSize(WeightMap map, CheckpointBuilder builder) {
        String claimed = map.claims().get("total_size");
        long found = builder.tensors().stream()
                .mapToLong(tensor -> tensor.bytes().count())
                .sum();
        if (claimed != null && !claims(claimed, found)) {
            builder.note("The index claims a total_size of " + Text.printable(claimed) + " bytes; the headers hold "
                    + Numbers.grouped(found) + ".");
        }
    }

    /// Whether the text is that number; some indexes write `1.5e10` or `15000000000.0`.
    private static boolean claims(String text, long number) {
        try {
            return new BigDecimal(text).compareTo(BigDecimal.valueOf(number)) == 0;
        } catch (NumberFormatException noNumber) {
            return false;
        }
    }
}
