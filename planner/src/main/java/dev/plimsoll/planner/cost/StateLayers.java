package dev.plimsoll.planner.cost;

import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.ConvolutionKind;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.Dimension;
import dev.plimsoll.model.shape.Shape;
import dev.plimsoll.planner.result.QuickTally;
import dev.plimsoll.planner.result.Tally;
import java.util.List;

/// Layers that carry the same state from token to token, however long the sequence is.
///
/// A recurrence carries its state; a causal convolution of width `c` the last `c - 1` tokens of its input. Some
/// implementations keep `c` of them.
///
/// @param operators the recurrences and convolutions of one layer
/// @param dataType what the state is held in
public record StateLayers(String block, long layers, List<Operator> operators, DataType dataType) {
    public StateLayers {
        operators = List.copyOf(operators);
    }

    /// Bytes that one layer carries for one sequence.
    public long bytesPerSequence() {
        QuickTally tally = new QuickTally();
        operators.forEach(operator -> count(operator, 1, 1, tally));
        return tally.exact(block);
    }

    static boolean isCarried(Operator operator) {
        return switch (operator) {
            case Operator.StateSpaceScan scan -> true;
            case Operator.DeltaRule rule -> true;
            case Operator.Convolution convolution ->
                convolution.kind() instanceof ConvolutionKind.CausalByChannel(int width) && width > 1;
            case Operator.Embedding embedding -> false;
            case Operator.Linear linear -> false;
            case Operator.Normalization normalization -> false;
            case Operator.RotaryEmbedding rotary -> false;
            case Operator.Attention attention -> false;
            case Operator.TokenSelection selection -> false;
            case Operator.Activation activation -> false;
            case Operator.Multiply multiply -> false;
            case Operator.Add add -> false;
            case Operator.Scale scale -> false;
            case Operator.Router router -> false;
            case Operator.Dispatch dispatch -> false;
            case Operator.GroupedLinear grouped -> false;
            case Operator.Combine combine -> false;
            case Operator.Concatenate concatenate -> false;
            case Operator.TokenPooling pooling -> false;
            case Operator.Dropout dropout -> false;
            case Operator.CrossEntropy loss -> false;
            case Operator.AddBias bias -> false;
            case Collective collective -> false;
        };
    }

    /// Bytes of all these layers.
    public void count(long sequences, Tally tally) {
        operators.forEach(operator -> count(operator, layers, sequences, tally));
    }

    private void count(Operator operator, long copies, long sequences, Tally tally) {
        tally.leaf(operator.name()).times("L", copies);
        if (operator instanceof Operator.Convolution convolution
                && convolution.kind() instanceof ConvolutionKind.CausalByChannel(int width)) {
            dimensions(convolution.input().shape(), tally);
            tally.timesSum("(c - 1)", 1, width, -1);
        } else if (operator instanceof Operator.StateSpaceScan scan) {
            dimensions(scan.state(), tally);
        } else if (operator instanceof Operator.DeltaRule rule) {
            dimensions(rule.state(), tally);
        }
        tally.times("bytes", dataType.blockBytes()).times("sequences", sequences);
    }

    private static void dimensions(Shape shape, Tally tally) {
        for (Dimension dimension : shape.dimensions()) {
            if (dimension instanceof Dimension.Fixed(Axis axis, long size)) {
                tally.times(axis.letter(), size);
            }
        }
    }
}
