package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.Naming;
import dev.plimsoll.model.architecture.Block;
import dev.plimsoll.model.architecture.BlockBuilder;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.Presence;
import dev.plimsoll.model.architecture.StackBuilder;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.List;

/// Qwen 2 with layers that predict further tokens: MiMo.
///
/// Such a layer maps the normalised stream beside the next token's normalised embedding to the stream's width and runs
/// one ordinary layer: `2·h·h + 3·h` parameters and the layer's. Embedding and head are the model's own.
final class MiMoFamily {
    private static final long MOST_FURTHER_LAYERS = 64;

    private MiMoFamily() {}

    static Transformer describe(Config config) {
        Decoder decoder = LlamaFamilies.qwen2(config);
        long further = config.countOr(0, "num_nextn_predict_layers");
        if (further > MOST_FURTHER_LAYERS) {
            throw config.invalid("num_nextn_predict_layers", Long.toString(further), "at most " + MOST_FURTHER_LAYERS);
        }
        for (int i = 0; i < further; i++) {
            int number = i;
            decoder.further(base -> List.of(furtherLayer(base, number)));
        }
        return decoder.transformer();
    }

    private static Part furtherLayer(Decoder decoder, int number) {
        Naming naming = decoder.naming()
                .under("model.mtp_layers." + number)
                .with(
                        "next_token.embedding_normalization", ".token_layernorm",
                        "next_token.stream_normalization", ".hidden_layernorm",
                        "next_token.map", ".input_proj",
                        "final_normalization", ".final_layernorm");
        StackBuilder stack = new StackBuilder(
                "next tokens " + (number + 1),
                Part.Kind.NEXT_TOKENS_PREDICTION,
                Axis.SEQUENCE,
                decoder.hidden(),
                naming);
        return stack.add(beginning(decoder, stack.block("next token")))
                .layers(List.of(decoder.layer(decoder.layers() - 1)), 0)
                .finalNorm(decoder.norm())
                .head(decoder.head(), decoder.embedding())
                .build();
    }

    private static Block beginning(Decoder decoder, BlockBuilder block) {
        Shape width = Shape.of(Axis.HIDDEN, decoder.hidden());
        Shape twice = Shape.of(Axis.HIDDEN, Math.multiplyExact(2, decoder.hidden()));
        Value stream = block.input("hidden", width);
        Value embedding = decoder.embedding().append(block);
        embedding = block.normalize("next_token.embedding_normalization", embedding, decoder.norm(), 1);
        stream = block.normalize("next_token.stream_normalization", stream, decoder.norm(), 1);
        Value beside = block.append(new Operator.Concatenate(
                "next_token.beside",
                Role.EMBEDDING,
                List.of(stream, embedding),
                Axis.HIDDEN,
                Value.activation("next_token.beside", block.tokens().then(twice))));
        return block.build(block.linear("next_token.map", Role.EMBEDDING, beside, twice, width, Presence.ABSENT));
    }
}
