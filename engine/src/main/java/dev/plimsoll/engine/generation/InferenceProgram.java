package dev.plimsoll.engine.generation;

import dev.plimsoll.engine.operator.Executed;
import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.LayerRun;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.RotaryScaling;
import dev.plimsoll.model.operator.Value;
import java.util.ArrayList;
import java.util.List;

/// The blocks of a text decoder in the order in which they are run, from token numbers to logits.
public record InferenceProgram(String model, List<Step> steps) {
    /// One block.
    ///
    /// @param label unique, for example `text.3`: its place among the part's blocks
    /// @param layer its number in the names of tensors
    public record Step(String label, Block block, long layer) {
        /// The attentions of the block, in order.
        List<Operator.Attention> attentions() {
            List<Operator.Attention> attentions = new ArrayList<>();
            for (Operator operator : block.operators()) {
                if (operator instanceof Operator.Attention attention) {
                    attentions.add(attention);
                }
            }
            return attentions;
        }
    }

    public InferenceProgram {
        steps = List.copyOf(steps);
    }

    /// @throws InputException where the model is not one text decoder, or has something that is not executed
    public static InferenceProgram of(Transformer model) {
        List<Part> parts =
                model.parts().stream().filter(part -> !part.isOptional()).toList();
        Part part = parts.getFirst();
        if (parts.size() != 1 || part.kind() != Part.Kind.TEXT_DECODER) {
            throw notGenerated(
                    model.architecture(),
                    "the parts "
                            + String.join(", ", parts.stream().map(Part::name).toList()),
                    "one text decoder");
        }
        List<Step> steps = new ArrayList<>();
        for (LayerRun run : part.runs()) {
            require(model.architecture(), run.block());
            for (long i = 0; i < run.count(); i++) {
                steps.add(new Step(part.name() + "." + steps.size(), run.block(), run.first() + i));
            }
        }
        return new InferenceProgram(model.architecture(), steps);
    }

    /// The steps up to the last attention; behind them no token sees another.
    int layers() {
        int last = steps.size();
        while (last > 0 && steps.get(last - 1).attentions().isEmpty()) {
            last--;
        }
        return last;
    }

    private static void require(String model, Block block) {
        for (Operator operator : block.operators()) {
            Executed.require(model, operator);
            if (operator instanceof Operator.Attention attention) {
                require(model, attention);
            }
            if (operator instanceof Operator.RotaryEmbedding rotation) {
                require(model, rotation);
            }
        }
        for (Value input : block.inputs()) {
            if (input.content() == Value.Content.INDEX) {
                TokenIndex.of(input);
            } else if (!input.equals(block.inputs().getFirst())) {
                throw notGenerated(model, "the value " + input.name() + " of an earlier layer", "the stream alone");
            }
        }
    }

    private static void require(String model, Operator.Attention attention) {
        if (attention.cached().isEmpty()) {
            throw notGenerated(model, "an attention that keeps nothing", "keys and values of earlier tokens");
        }
        switch (attention.mask()) {
            case AttentionMask.Causal _, AttentionMask.SlidingWindow _, AttentionMask.Chunked _ -> {}
            case AttentionMask.Everything _, AttentionMask.Blocks _, AttentionMask.Selected _ ->
                throw notGenerated(model, "an attention to later or chosen tokens", "one to earlier tokens");
        }
    }

    /// Cached keys were turned as they came, so their angles must not depend on how long the text grows.
    private static void require(String model, Operator.RotaryEmbedding rotation) {
        if (rotation.rotary().scaling() instanceof RotaryScaling.Dynamic) {
            throw notGenerated(model, "a rotation that changes as the text grows", "one that stays");
        }
    }

    private static InputException notGenerated(String model, String found, String expected) {
        return InputException.unsupported(
                "%s: found %s, expected %s; text is not continued by others yet".formatted(model, found, expected),
                "Choose a decoder of text.");
    }
}
