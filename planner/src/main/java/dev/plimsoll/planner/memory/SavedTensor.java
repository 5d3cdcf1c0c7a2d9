package dev.plimsoll.planner.memory;

import dev.plimsoll.model.execution.Parallelism.ContextExchange;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Shape;
import dev.plimsoll.planner.result.Factor;
import java.util.ArrayList;
import java.util.List;

/// A tensor that lives while a micro-batch does, and how it is dealt out to devices.
///
/// Its axes are divided one by one: those that tensor parallelism splits by its degree, the sequence by the context
/// degree, and, where none is split, the tokens by the sequence-parallel degree too.
///
/// @param name as an answer prints it
/// @param shape whole, on one device
/// @param bytesEach of an element
/// @param rows which tokens a device holds of it
/// @param presence where it is there at all
record SavedTensor(String name, Shape shape, int bytesEach, Rows rows, Presence presence) {
    /// Which tokens a device holds.
    enum Rows {
        /// A part where sequence parallelism splits tokens and no other axis is split.
        TOKENS,
        /// All tokens of the tensor-parallel group.
        GATHERED,
        /// What its experts were sent.
        SENT_TO_EXPERTS
    }

    /// Where a tensor is there.
    enum Presence {
        ALWAYS,
        /// Where tokens are exchanged for heads.
        EXCHANGED,
        /// Where matrices are split.
        TENSOR_PARALLEL
    }

    /// The sizes that a workload brings.
    record Sizes(long sequences, long tokens, int loadHundredths) {}

    boolean hasSplitAxis() {
        for (Dimension dimension : shape.dimensions()) {
            if (AxisSplit.isSplit(dimension.axis())) {
                return true;
            }
        }
        return false;
    }

    /// Bytes on one device.
    ///
    /// @throws ArithmeticException past 2^63 - 1
    long bytes(LayerSplit split, Sizes sizes) {
        if (!isThere(split)) {
            return 0;
        }
        return switch (rows) {
            case TOKENS, GATHERED -> Math.multiplyExact(elements(split, sizes), bytesEach);
            case SENT_TO_EXPERTS ->
                Math.multiplyExact(Math.multiplyExact(sentRows(split, sizes), width(split)), bytesEach);
        };
    }

    /// The factors whose product is [#bytes].
    List<Factor> factors(LayerSplit split, Sizes sizes) {
        List<Factor> factors = new ArrayList<>();
        boolean seen = false;
        boolean sent = rows == Rows.SENT_TO_EXPERTS;
        if (sent) {
            factors.add(new Factor("rows sent to experts", sentRows(split, sizes)));
        }
        for (Dimension dimension : shape.dimensions()) {
            Axis axis = dimension.axis();
            if (sent && (axis.isOpen() || axis == Axis.TOP_K)) {
                continue;
            }
            long local = sent ? expertSize(dimension, split) : size(dimension, split, sizes, seen);
            seen |= axis.isOpen() && axis != Axis.BATCH;
            factors.add(new Factor(axis.letter() + division(axis, split, sent, seen), local));
        }
        factors.add(new Factor(Integer.toString(bytesEach), bytesEach));
        return factors;
    }

    private long elements(LayerSplit split, Sizes sizes) {
        long product = 1;
        boolean seen = false;
        for (Dimension dimension : shape.dimensions()) {
            product = Math.multiplyExact(product, size(dimension, split, sizes, seen));
            seen |= dimension instanceof Dimension.Open open && open.axis() != Axis.BATCH;
        }
        return product;
    }

    /// @param seen whether a token axis came before: of pairs of tokens, queries are split and keys are not
    private long size(Dimension dimension, LayerSplit split, Sizes sizes, boolean seen) {
        return switch (dimension) {
            case Dimension.Open open -> {
                if (open.axis() == Axis.BATCH) {
                    yield sizes.sequences();
                }
                yield seen ? sizes.tokens() : Math.ceilDiv(sizes.tokens(), (long) split.context() * shards(split));
            }
            case Dimension.Fixed(Axis axis, long size) ->
                AxisSplit.isSplit(axis) ? AxisSplit.local(size, split.tensor()) : size;
        };
    }

    private int shards(LayerSplit split) {
        return rows == Rows.TOKENS && !hasSplitAxis() ? split.sequenceShards() : 1;
    }

    /// Every token goes to `e` experts; tensor-parallel ranks send a part each, and receive what the devices that share
    /// an expert receive together.
    private long sentRows(LayerSplit split, Sizes sizes) {
        long tokens = Math.multiplyExact(sizes.sequences(), Math.ceilDiv(sizes.tokens(), split.context()));
        long sent = Math.multiplyExact(Math.multiplyExact(tokens, shape.size(Axis.TOP_K)), split.expertTensor());
        return Math.ceilDiv(Math.multiplyExact(sent, sizes.loadHundredths()), 100L * split.tensor());
    }

    private long width(LayerSplit split) {
        long width = 1;
        for (Dimension dimension : shape.dimensions()) {
            if (!dimension.axis().isOpen() && dimension.axis() != Axis.TOP_K) {
                width *= expertSize(dimension, split);
            }
        }
        return width;
    }

    private static long expertSize(Dimension dimension, LayerSplit split) {
        return switch (dimension) {
            case Dimension.Open open -> throw new IllegalStateException("an expert's row has no " + open.axis());
            case Dimension.Fixed(Axis axis, long size) ->
                AxisSplit.isSplit(axis) ? AxisSplit.local(size, split.expertTensor()) : size;
        };
    }

    private String division(Axis axis, LayerSplit split, boolean sent, boolean seen) {
        if (AxisSplit.isSplit(axis)) {
            int degree = sent ? split.expertTensor() : split.tensor();
            return degree == 1 ? "" : "/" + (sent ? "etp" : "tp");
        }
        if (!axis.isOpen() || axis == Axis.BATCH || !seen) {
            return "";
        }
        return (split.context() == 1 ? "" : "/cp") + (shards(split) == 1 ? "" : "/tp");
    }

    boolean isThere(LayerSplit split) {
        return switch (presence) {
            case ALWAYS -> true;
            case EXCHANGED -> split.exchange() == ContextExchange.ALL_TO_ALL && split.context() > 1;
            case TENSOR_PARALLEL -> split.tensor() > 1;
        };
    }
}
