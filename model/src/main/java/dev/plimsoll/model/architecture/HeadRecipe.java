package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;

/// From the residual stream to one score for each token of the vocabulary.
///
/// @param weights the token table again, or a matrix `V·h` of its own
/// @param vocabulary how many scores; may differ from the table's rows where the matrix is its own
public record HeadRecipe(Weights weights, long vocabulary, Presence bias) {
    /// Whose weights the head multiplies by.
    public enum Weights {
        TIED,
        OWN
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
        Parameter weight = switch (weights) {
            case TIED -> embedding.table(block);
            case OWN ->
                block.parameter("head.weight", Parameter.Kind.MATRIX, Parameter.Sharing.WHOLE_MODEL, scores, width);
        };
        return block.append(new Operator.Linear(
                "head",
                Role.HEAD,
                input,
                weight,
                block.bias("head", bias, scores),
                new Value("logits", block.tokens().then(scores), Value.Content.SCORE)));
    }
}
