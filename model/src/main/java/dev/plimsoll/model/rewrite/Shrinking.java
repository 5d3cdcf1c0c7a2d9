package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/// The same architecture small enough to run in milliseconds, with every axis of another length.
///
/// What stays: operators, roles, names of values, parameters and tensors, how parameters are grouped and shared, the
/// kinds of layers and the period of their pattern ([ShortStack]), which sizes are sums of others, two query heads or
/// more for a key/value head where there were, fewer experts chosen than there are, a rotated part of a head where only
/// a part was. What shrinks: every fixed axis, to a size that no other has, so that a swapped axis shows ([SizeSearch]);
/// windows, chunks and trained positions, so that they still bite at the lengths of [RunSizes]; the scale of attention,
/// which keeps its ratio to `1 / sqrt(d)`; the lengths that a part always has, to those of [RunSizes].
///
/// An axis at one size is one axis wherever it stands: equal sizes of it stay equal, a single entry stays single, and
/// two entries may become more. Constant factors of embeddings and branches stay. A value that another part names by a
/// layer's number (`layer_16`) keeps its name though the stack is shorter. The result depends on the description alone.
public final class Shrinking {
    private Shrinking() {}

    /// The model's small likeness.
    ///
    /// @throws IllegalArgumentException where one size is the sum of others in two ways that no small sizes share
    public static Shrunk of(Transformer original) {
        return of(original, Divisors.NONE);
    }

    /// A small likeness whose sizes are multiples of others.
    public static Shrunk of(Transformer original, Divisors divisors) {
        List<ShortStack> stacks = new ArrayList<>();
        long dropped = 0;
        for (Part part : original.parts()) {
            // Layers that predict further tokens are numbered behind the decoder's.
            ShortStack stack = new ShortStack(part, part.isLogical() ? 0 : dropped, divisors.layers());
            dropped += part.kind() == Part.Kind.TEXT_DECODER ? stack.dropped() : 0;
            stacks.add(stack);
        }
        SizeSearch found =
                new SizeSearch(new AxisRules(original), layers(original, stacks), original.maxPositions(), divisors);
        SmallSizes sizes = found.sizes();
        Resizing resizing = new Resizing(sizes);
        IdentityHashMap<Block, Block> resized = new IdentityHashMap<>();
        List<Part> parts = new ArrayList<>();
        for (int number = 0; number < stacks.size(); number++) {
            Part part = original.parts().get(number);
            List<LayerRun> runs = stacks.get(number).runs(block -> resized.computeIfAbsent(block, resizing::block));
            List<Part.Length> lengths = part.lengths().stream()
                    .map(Part.Length::axis)
                    .map(axis -> new Part.Length(axis, found.runSizes().of(axis)))
                    .toList();
            parts.add(new Part(part.name(), part.kind(), part.tokens(), runs, lengths));
        }
        OptionalLong maxPositions = original.maxPositions().isPresent()
                ? OptionalLong.of(sizes.maxPositions(original.maxPositions().getAsLong()))
                : OptionalLong.empty();
        return new Shrunk(new Transformer(original.architecture(), parts, maxPositions), found.runSizes());
    }

    /// The axes that have an entry for each layer of a part, with as many entries as layers are left.
    private static Map<Dimension.Fixed, Long> layers(Transformer original, List<ShortStack> stacks) {
        Map<Dimension.Fixed, Long> left = new HashMap<>();
        for (int number = 0; number < stacks.size(); number++) {
            long dropped = stacks.get(number).dropped();
            for (LayerRun run : original.parts().get(number).runs()) {
                for (Operator operator : run.block().operators()) {
                    for (Value written : operator.writes()) {
                        for (Dimension dimension : written.shape().dimensions()) {
                            if (dimension instanceof Dimension.Fixed fixed && fixed.axis() == Axis.LAYERS) {
                                left.put(fixed, Math.max(1, fixed.size() - dropped));
                            }
                        }
                    }
                }
            }
        }
        return left;
    }
}
