package dev.plimsoll.formats.launch;

import dev.plimsoll.formats.model.MegatronShape;
import dev.plimsoll.formats.model.MegatronShape.Choice;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/// Reads the model's sizes from a Megatron-LM command line.
final class MegatronModel {
    /// What these describe is no dense decoder, so the sizes alone would be another model.
    private static final List<String> BEYOND_DENSE =
            List.of("--num-experts", "--multi-latent-attention", "--hybrid-layer-pattern", "--hybrid-override-pattern");

    /// A vocabulary that the command leaves to the tokenizer's files.
    private static final long USUAL_VOCABULARY = 51_200;

    private MegatronModel() {}

    /// The shape, where layers, hidden size and heads are all there and describe a dense decoder.
    static LaunchModel read(MegatronValues values, OptionalLong layers) {
        OptionalLong hidden = values.count("--hidden-size", "the hidden size");
        OptionalLong heads = values.count("--num-attention-heads", "query heads");
        OptionalLong feedForward = values.count("--ffn-hidden-size", "feed-forward width");
        boolean grouped = values.isOn("--group-query-attention", "fewer key/value heads than query heads");
        OptionalLong groups = values.count("--num-query-groups", "key/value heads");
        OptionalLong headSize = values.count("--kv-channels", "the head size");
        List<String> assumed = new ArrayList<>();
        long positions =
                or(values.count("--max-position-embeddings", "positions"), 2048, "--max-position-embeddings", assumed);
        long vocabulary = or(values.count("--vocab-size", "vocabulary"), USUAL_VOCABULARY, "--vocab-size", assumed);
        long multiple = values.count("--make-vocab-size-divisible-by", "padding of the vocabulary")
                .orElse(128);
        MegatronShape.Switches switches = new MegatronShape.Switches(
                values.text("--normalization", "normalisation").orElse("LayerNorm"),
                values.text("--position-embedding-type", "positions").orElse("learned_absolute"),
                choice(values.isOn("--swiglu", "a gated feed-forward network")),
                choice(!values.isOn("--disable-bias-linear", "no biases")),
                choice(!values.isOn("--untie-embeddings-and-output-weights", "a head of its own")));
        if (layers.isEmpty() || hidden.isEmpty() || heads.isEmpty() || values.hasAny(BEYOND_DENSE)) {
            return new LaunchModel.Unsaid();
        }
        return new LaunchModel.Shape(new MegatronShape(
                layers.getAsLong(),
                hidden.getAsLong(),
                feedForward,
                heads.getAsLong(),
                // Without the switch the number of groups is not looked at.
                grouped ? OptionalLong.of(groups.orElse(1)) : OptionalLong.empty(),
                headSize,
                positions,
                vocabulary,
                multiple,
                switches,
                assumed));
    }

    private static Choice choice(boolean yes) {
        return yes ? Choice.YES : Choice.NO;
    }

    private static long or(OptionalLong given, long usual, String flag, List<String> assumed) {
        if (given.isEmpty()) {
            assumed.add(flag + " " + usual);
        }
        return given.orElse(usual);
    }
}
