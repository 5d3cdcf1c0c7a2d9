package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.attention.AttentionSizes;
import dev.plimsoll.engine.attention.AttentionTask;
import dev.plimsoll.engine.attention.HeadSizes;
import dev.plimsoll.engine.random.Dropout;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Collective;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.units.Text;

/// Which operators the engine executes.
public final class Executed {
    private Executed() {}

    /// @param model whose operator it is, for the message
    /// @throws InputException naming model and operator, where the engine does not execute it
    public static void require(String model, Operator operator) {
        try {
            require(operator);
        } catch (InputException refusal) {
            throw new InputException(
                    refusal.kind(),
                    "%s: %s: %s"
                            .formatted(Text.printable(model), Text.printable(operator.name()), refusal.getMessage()),
                    refusal.remedy());
        }
    }

    private static void require(Operator operator) {
        switch (operator) {
            case Operator.Embedding _,
                    Operator.Linear _,
                    Operator.Normalization _,
                    Operator.Multiply _,
                    Operator.Add _,
                    Operator.Scale _,
                    Operator.Router _,
                    Operator.Dispatch _,
                    Operator.GroupedLinear _,
                    Operator.Combine _,
                    Operator.Dropout _,
                    Operator.AddBias _,
                    Operator.CrossEntropy _ -> {}
            case Operator.RotaryEmbedding rotation -> RotaryFrequencies.of(rotation.rotary(), 1);
            case Operator.Attention attention -> attention(attention);
            case Operator.Activation activation -> {
                if (activation.function() == ActivationFunction.XIELU) {
                    throw notExecuted("xIELU with its trained scalars");
                }
            }
            case Operator.Concatenate concatenate -> {
                if (concatenate.axis().isOpen()) {
                    throw notExecuted("tokens put behind one another");
                }
            }
            case Operator.TokenSelection _ -> throw notExecuted("a choice of tokens by an indexer");
            case Operator.Convolution _ -> throw notExecuted("a convolution");
            case Operator.StateSpaceScan _ -> throw notExecuted("a state-space scan");
            case Operator.DeltaRule _ -> throw notExecuted("a delta rule");
            case Operator.TokenPooling _ -> throw notExecuted("a pooling of tokens");
            case Collective.RingAttention ring -> attention(ring.core());
            case Collective _ -> {}
        }
    }

    private static void attention(Operator.Attention attention) {
        if (attention.isCross()) {
            throw notExecuted("attention to another stack's tokens");
        }
        AttentionSizes one = new AttentionSizes(1, 1, 1, HeadSizes.of(attention));
        AttentionTask.of(attention, one, new AttentionKernel.Materialised(), Dropout.NONE);
    }

    static InputException notExecuted(String found) {
        return InputException.unsupported(
                "found " + found + ", expected an operator of the engine's; this one is not executed yet",
                "Choose a model without it.");
    }
}
