package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.ScaleFactor;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.List;
import java.util.OptionalDouble;

/// From the residual stream to one score for each token of the vocabulary.
///
/// @param weights the token table again, or a matrix `V·h` of its own
/// @param vocabulary how many scores; may differ from the table's rows where the matrix is its own
/// @param scale the scores are multiplied by this
/// @param softCap then `c · tanh(x / c)` where present (Gemma 2)
public record HeadRecipe(Weights weights, long vocabulary, Presence bias, double scale, OptionalDouble softCap) {
    /// Whose weights the head multiplies by.
    public enum Weights {
        TIED,
        OWN
    }

    /// Scores as they are.
    public HeadRecipe(Weights weights, long vocabulary, Presence bias) {
        this(weights, vocabulary, bias, 1, OptionalDouble.empty());
    }

    public HeadRecipe withWeights(Weights other) {
        return new HeadRecipe(other, vocabulary, bias, scale, softCap);
    }

    public HeadRecipe withVocabulary(long other) {
        return new HeadRecipe(weights, other, bias, scale, softCap);
    }

    public HeadRecipe withBias(Presence other) {
        return new HeadRecipe(weights, vocabulary, other, scale, softCap);
    }

    public HeadRecipe withScale(double other) {
        return new HeadRecipe(weights, vocabulary, bias, other, softCap);
    }

    public HeadRecipe withSoftCap(OptionalDouble other) {
        return new HeadRecipe(weights, vocabulary, bias, scale, other);
    }

    /// Appends the head and gives the logits, `[b, s, V]`.
    ///
    /// @param embedding the table's recipe, whose rows a tied head multiplies by
    public Value append(BlockBuilder block, Value stream, EmbeddingRecipe embedding) {
        Shape scores = Shape.of(Axis.VOCABULARY, vocabulary);
        Value input = stream;
        if (embedding.width() != embedding.hidden()) {
            input = block.linear(
                    "head.map",
                    Role.HEAD,
                    stream,
                    stream.shape().trailing(1),
                    Shape.of(Axis.HIDDEN, embedding.width()),
                    embedding.mapBias());
        }
        Shape width = input.shape().trailing(1);
        // One head even where a second stack predicts further tokens by it.
        Parameter weight = switch (weights) {
            case TIED -> embedding.table(block);
            case OWN ->
                block.parameter("head.weight", Parameter.Kind.MATRIX, Parameter.Sharing.WHOLE_MODEL, scores, width);
        };
        Value logits = block.append(new Operator.Linear(
                "head",
                Role.HEAD,
                input,
                weight,
                block.bias("head", bias, scores),
                new Value("logits", block.tokens().then(scores), Value.Content.SCORE)));
        Value scaled = scale == 1 ? logits : scaled(block, "head.scaled", logits, scale);
        return softCap.isPresent() ? capped(block, scaled, softCap.getAsDouble()) : scaled;
    }

    private static Value capped(BlockBuilder block, Value logits, double cap) {
        Value small = scaled(block, "head.cap_divided", logits, 1 / cap);
        Value bent = block.append(new Operator.Activation(
                "head.cap_bent",
                Role.HEAD,
                small,
                ActivationFunction.TANH,
                List.of(),
                new Value("head.cap_bent", small.shape(), Value.Content.SCORE)));
        return scaled(block, "head.capped", bent, cap);
    }

    private static Value scaled(BlockBuilder block, String key, Value logits, double factor) {
        return block.append(new Operator.Scale(
                key,
                Role.HEAD,
                logits,
                new ScaleFactor.Constant(factor),
                new Value(key, logits.shape(), Value.Content.SCORE)));
    }
}
