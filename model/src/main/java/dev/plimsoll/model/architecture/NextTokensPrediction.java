package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/// Layers behind a decoder that predict the token after the next one.
///
/// The next token's vector and the decoder's output are normalised, put beside one another and mapped to the width of
/// one; the layers, a normalisation and the head follow: `2·h·h + 3·h` parameters and the layers'. Token table and head
/// are the decoder's own. Source: DeepSeek-V3 (2024), section 2.2, equations 21 to 23.
///
/// @param name unique among the model's parts
/// @param norm of the token's vector, the decoder's output and the last layer's output
/// @param first which half of the map's input comes first
/// @param naming what files call a layer's parameters, by the layer's place in `layers`; the first also has the map and
///     the two normalisations before it, the last the normalisation behind it
public record NextTokensPrediction(
        String name,
        EmbeddingRecipe embedding,
        HeadRecipe head,
        NormRecipe norm,
        First first,
        List<LayerRecipe> layers,
        LongFunction<TensorNaming> naming) {
    /// Which of the two vectors comes first.
    public enum First {
        TOKEN,
        STREAM
    }

    public NextTokensPrediction {
        layers = List.copyOf(layers);
    }

    /// The part, with its layers numbered from `number`.
    public Part part(long number) {
        long last = layers.size() - 1L;
        List<LayerRun> runs = new ArrayList<>();
        runs.add(new LayerRun(merge(builder("next token", 0)), number, 1));
        for (int i = 0; i < layers.size(); i++) {
            LayerRecipe recipe = layers.get(i);
            BlockBuilder block = builder(LayerNames.of(recipe), i);
            runs.add(new LayerRun(block.build(recipe.append(block, block.input("hidden", width()))), number + i, 1));
        }
        BlockBuilder block = builder("next token head", last);
        Value stream = block.input("hidden", width());
        Value normed = block.normalize("prediction.output_normalization", stream, norm, 1);
        runs.add(new LayerRun(block.build(head.append(block, normed, embedding)), number + last, 1));
        return new Part(name, Part.Kind.NEXT_TOKENS_PREDICTION, Axis.SEQUENCE, runs);
    }

    private Block merge(BlockBuilder block) {
        Value decoder = block.input("hidden", width());
        Value token = block.normalize("prediction.embedding_normalization", embedding.append(block), norm, 1);
        Value hidden = block.normalize("prediction.hidden_normalization", decoder, norm, 1);
        Shape both = Shape.of(Axis.HIDDEN, Math.multiplyExact(2, embedding.hidden()));
        Value pair = block.append(new Operator.Concatenate(
                "prediction.pair",
                Role.EMBEDDING,
                first == First.TOKEN ? List.of(token, hidden) : List.of(hidden, token),
                Axis.HIDDEN,
                Value.activation("prediction.pair", block.tokens().then(both))));
        return block.build(block.linear("prediction.map", Role.EMBEDDING, pair, both, width(), Presence.ABSENT));
    }

    private BlockBuilder builder(String block, long layer) {
        return new BlockBuilder(block, naming.apply(layer), Axis.SEQUENCE, Parameter.Sharing.EACH_LAYER);
    }

    private Shape width() {
        return Shape.of(Axis.HIDDEN, embedding.hidden());
    }
}
