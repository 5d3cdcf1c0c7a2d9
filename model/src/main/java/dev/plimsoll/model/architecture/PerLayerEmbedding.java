package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.ScaleFactor;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;

/// A small vector for each token and layer, made once and read by every layer's [PerLayerInput].
///
/// `(sqrt(r) · table[token] + norm(map(x) / sqrt(h))) / sqrt(2)`: `V·L·r` parameters in the table, `L·r·h` in the map,
/// `r` in the norm. Source: Gemma 3n and Gemma 4, their reference implementation.
///
/// @param vocabulary rows of its table
/// @param width `r`, of one layer's vector
public record PerLayerEmbedding(long vocabulary, long layers, long width, NormRecipe norm) {
    /// The block between the embedding and the layers: gives the stream unchanged, and `[b, s, L, r]`.
    public Block block(BlockBuilder block, long hidden) {
        Shape stream = Shape.of(Axis.HIDDEN, hidden);
        Shape vectors = Shape.of(Axis.LAYERS, layers).then(Shape.of(Axis.LATENT, width));
        Value input = block.input("hidden", stream);
        Value tokens = block.input(Value.index("tokens", block.tokens()));
        Parameter table = block.parameter(
                "per_layer.tokens.weight", Parameter.Kind.TABLE, Shape.of(Axis.VOCABULARY, vocabulary), vectors);
        Value rows = block.append(new Operator.Embedding(
                "per_layer.tokens",
                Role.EMBEDDING,
                tokens,
                table,
                Value.activation("per_layer.tokens", block.tokens().then(vectors))));
        rows = scale(block, "per_layer.tokens_scaled", rows, Math.sqrt((double) width));
        Value map = block.linear("per_layer.map", Role.EMBEDDING, input, stream, vectors, Presence.ABSENT);
        map = scale(block, "per_layer.map_scaled", map, 1 / Math.sqrt((double) hidden));
        map = block.normalize("per_layer.normalization", map, norm, 1);
        Value sum = block.add("per_layer.sum", Role.EMBEDDING, map, rows);
        return block.build(input, scale(block, "per_layer.inputs", sum, Math.sqrt(0.5)));
    }

    private static Value scale(BlockBuilder block, String key, Value input, double factor) {
        return block.scale(key, Role.EMBEDDING, input, new ScaleFactor.Constant(factor));
    }
}
