package dev.plimsoll.formats.config;

import dev.plimsoll.model.shape.MatrixPacking;
import dev.plimsoll.model.shape.MatrixPacking.Group;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// The `compressed-tensors` method: groups of modules, each with its own scheme for weights.
final class CompressedTensors {
    private CompressedTensors() {}

    /// How a matrix is stored where all groups agree; empty where they do not, or leave the weights as they are.
    static Optional<MatrixPacking> weights(Config config) {
        Optional<Config> groups = config.nested("config_groups");
        if (groups.isEmpty()) {
            return Optional.empty();
        }
        List<MatrixPacking> packings = new ArrayList<>();
        for (String name : groups.get().keys()) {
            groups.get()
                    .nested(name)
                    .flatMap(group -> group.nested("weights"))
                    .map(weights -> packing(config, weights))
                    .filter(packing -> !packings.contains(packing))
                    .ifPresent(packings::add);
        }
        return packings.size() == 1 ? Optional.of(packings.getFirst()) : Optional.empty();
    }

    private static MatrixPacking packing(Config config, Config weights) {
        int bits = (int) Math.min(32, weights.size("num_bits"));
        if (weights.text("type").orElse("int").equals("float") && bits == 4) {
            long size = weights.groupSize("group_size").orElse(16);
            // NVFP4 has an f32 scale of scales for the weights and one for the inputs; MXFP4 has none.
            return new MatrixPacking(4, new Group.Neighbours(size), 8, 0, size == 16 ? 8 : 0);
        }
        Group group = group(weights);
        int zeroBits = weights.isFalse("symmetric") ? bits : 0;
        // Packed integers go with their unpacked shape, two 64-bit numbers.
        boolean packed = config.text("format").orElse("").equals("pack-quantized");
        return new MatrixPacking(bits, group, 16 + zeroBits, 0, packed ? 16 : 0);
    }

    private static Group group(Config weights) {
        OptionalLong size = weights.groupSize("group_size");
        return switch (weights.text("strategy").orElse("")) {
            case "tensor" -> new Group.Matrix();
            case "block" -> {
                List<Long> block = weights.counts("block_structure");
                if (block.size() != 2 || block.contains(0L)) {
                    throw weights.invalid("block_structure", block.toString(), "two sizes of at least 1");
                }
                yield new Group.Block(block.get(0), block.get(1));
            }
            // "channel", "group" and silence differ only in whether a size is given.
            default -> size.isPresent() ? new Group.Neighbours(size.getAsLong()) : new Group.Output();
        };
    }
}
