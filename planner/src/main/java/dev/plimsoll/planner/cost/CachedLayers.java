package dev.plimsoll.planner.cost;

import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.planner.result.QuickTally;
import dev.plimsoll.planner.result.Tally;
import java.util.List;

/// Layers that keep the same for each token.
///
/// @param block what the layers are called
/// @param what is kept, for example `keys and values`
/// @param layers how many
/// @param retention for which tokens
/// @param values what is kept for each of them, in one layer
/// @param dataType what it is held in; each value of a token begins a new block
public record CachedLayers(
        String block, String what, long layers, Retention retention, List<Value> values, DataType dataType) {
    public CachedLayers {
        values = List.copyOf(values);
    }

    /// Bytes that one layer keeps for one token.
    public long bytesPerToken() {
        QuickTally tally = new QuickTally();
        for (Value value : values) {
            tally.leaf(value.name());
            row(value, tally);
        }
        return tally.exact(block);
    }

    /// Tokens kept of a sequence of so many.
    public long kept(long tokens) {
        return switch (retention) {
            case Retention.Everything() -> tokens;
            case Retention.AtMost(long size) -> Math.min(tokens, size);
            case Retention.Source(long source) -> source;
            case Retention.FixedSource(long source) -> source;
            case Retention.SourceAsLongAsSequence() -> tokens;
        };
    }

    /// Whether what is kept grows as the sequence does, at least at first.
    public boolean grows() {
        return switch (retention) {
            case Retention.Everything(), Retention.AtMost _ -> true;
            case Retention.Source _, Retention.FixedSource _, Retention.SourceAsLongAsSequence() -> false;
        };
    }

    /// Bytes of all these layers, with `kept` tokens held for each sequence.
    public void count(long kept, long sequences, Tally tally) {
        boolean twice = values.size() == 2
                && values.getFirst().shape().equals(values.getLast().shape());
        for (Value value : twice ? values.subList(0, 1) : values) {
            tally.leaf(twice ? what : value.name());
            if (twice) {
                tally.times(2);
            }
            tally.times("L", layers);
            row(value, tally);
            tally.times("tokens", kept).times("sequences", sequences);
        }
    }

    private void row(Value value, Tally tally) {
        if (dataType.blockElements() == 1) {
            for (Dimension dimension : value.shape().dimensions()) {
                if (dimension instanceof Dimension.Fixed(Axis axis, long size)) {
                    tally.times(axis.letter(), size);
                }
            }
        } else {
            long elements = value.shape().elements(axis -> 1);
            tally.times("blocks", Math.ceilDiv(elements, dataType.blockElements()));
        }
        tally.times("bytes", dataType.blockBytes());
    }
}
