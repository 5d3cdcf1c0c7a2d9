package dev.plimsoll.formats.family;

import dev.plimsoll.formats.config.Config;
import dev.plimsoll.formats.names.ExpertNamings;
import dev.plimsoll.formats.names.Naming;
import dev.plimsoll.formats.names.RecurrentNamings;
import dev.plimsoll.model.architecture.LayerRecipe;
import dev.plimsoll.model.architecture.NextTokensPrediction;
import dev.plimsoll.model.architecture.NextTokensPrediction.First;
import dev.plimsoll.model.architecture.Part;
import dev.plimsoll.model.architecture.TensorNaming;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongFunction;

/// Parts that predict further tokens, where a config says that there are any.
final class NextTokens {
    private static final long MOST = 64;

    private NextTokens() {}

    /// As DeepSeek: `num_nextn_predict_layers` parts of one layer like the decoder's last, numbered behind it.
    static List<Part> behindDecoder(Decoder decoder) {
        LayerRecipe last = decoder.layer(decoder.layers() - 1);
        Naming naming = ExpertNamings.nextTokens(decoder.naming());
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < count(decoder.config(), "num_nextn_predict_layers"); i++) {
            parts.add(part(decoder, i, List.of(last), layer -> naming));
        }
        return parts;
    }

    /// As MiMo: parts of one layer like the decoder's last, each under a prefix of its own, the stream before the
    /// token.
    static List<Part> ofMiMo(Decoder decoder) {
        LayerRecipe last = decoder.layer(decoder.layers() - 1);
        List<Part> parts = new ArrayList<>();
        for (int i = 0; i < count(decoder.config(), "num_nextn_predict_layers"); i++) {
            Naming naming = decoder.naming()
                    .under("model.mtp_layers." + i)
                    .with(
                            "prediction.embedding_normalization", ".token_layernorm",
                            "prediction.hidden_normalization", ".hidden_layernorm",
                            "prediction.map", ".input_proj",
                            "prediction.output_normalization", ".final_layernorm");
            parts.add(part(decoder, i, First.STREAM, List.of(last), layer -> naming));
        }
        return parts;
    }

    /// As Qwen: one layer like the decoder's last under a prefix of its own.
    static List<Part> besideDecoder(Decoder decoder) {
        long layers = count(decoder.config(), "mtp_num_hidden_layers", "num_nextn_predict_layers");
        if (layers == 0) {
            return List.of();
        }
        LayerRecipe last = decoder.layer(decoder.layers() - 1);
        List<LayerRecipe> recipes = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            recipes.add(last);
        }
        return List.of(part(
                decoder, 0, recipes, layer -> RecurrentNamings.nextTokens(decoder.naming(), "mtp.layers." + layer)));
    }

    /// The part for the token at a distance of `index + 2`.
    static Part part(Decoder decoder, int index, List<LayerRecipe> layers, LongFunction<TensorNaming> naming) {
        return part(decoder, index, First.TOKEN, layers, naming);
    }

    static Part part(
            Decoder decoder, int index, First first, List<LayerRecipe> layers, LongFunction<TensorNaming> naming) {
        return new NextTokensPrediction(
                        index == 0 ? "next tokens" : "next tokens " + (index + 1),
                        decoder.embedding(),
                        decoder.head(),
                        decoder.norm(),
                        first,
                        layers,
                        naming)
                .part((long) decoder.layers() + index);
    }

    /// How many layers a key says there are.
    static long count(Config config, String... keys) {
        long count = config.countOr(0, keys);
        if (count > MOST) {
            throw config.invalid(keys[0], Long.toString(count), "at most " + MOST + " layers");
        }
        return count;
    }
}
