package dev.plimsoll.formats.reconcile;

import dev.plimsoll.formats.checkpoint.Dimensions;
import dev.plimsoll.formats.checkpoint.StoredTensor;
import dev.plimsoll.formats.reconcile.Extra.Kind;
import dev.plimsoll.model.shape.DataType;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/// Tells what a tensor is for that no parameter was found in, by its name and shape.
final class ExtraKinds {
    private static final List<String> SCALES = List.of(
            ".weight_scale_inv",
            ".weight_scale_2",
            ".weight_scale",
            ".weight_scales",
            ".weight_global_scale",
            ".weight_zero_point",
            ".weight._scale",
            ".weight._shift",
            ".weight.absmax",
            ".weight.nested_absmax",
            ".input_global_scale",
            ".input_scale_ub",
            ".input_scale",
            ".output_scale",
            ".activation_scale",
            ".pre_quant_scale",
            ".qzeros",
            ".scales",
            ".biases",
            ".scale",
            ".zero",
            ".SCB",
            ".codebooks",
            ".q_scale",
            ".q_scale_max",
            "_scale_inv",
            "_scales");
    private static final List<String> PACKING = List.of(
            ".weight_shape",
            ".weight_g_idx",
            ".weight_format",
            ".weight.quant_map",
            ".weight.nested_quant_map",
            ".g_idx",
            ".q_groups",
            ".q_group_map",
            ".q_invperm",
            ".q_perm",
            ".quant_state",
            ".meta");
    private static final String QUANT_STATE = ".weight.quant_state.";
    private static final List<String> CACHE_SCALES = List.of(".k_scale", ".v_scale", ".q_scale", ".prob_scale");
    private static final List<String> BUFFERS = List.of(
            "inv_freq",
            "masked_bias",
            "position_ids",
            "token_type_ids",
            "cos_cached",
            "sin_cached",
            "freqs_cis",
            "final_logits_bias",
            "rope_freqs.weight",
            "rope_factors_long.weight",
            "rope_factors_short.weight",
            "embed_positions.weights",
            "num_batches_tracked");
    private static final List<String> MASKS = List.of(".attn.bias", ".attention.bias");
    private static final List<String> COPIES = List.of(
            "embed_tokens",
            "lm_head",
            "shared_head.head",
            "output",
            "embed_out",
            "word_embeddings",
            "wte",
            "shared",
            "proj_out",
            "decoder",
            "token_embd",
            "output_layer",
            "embed_in");
    private static final Set<String> PREDICTION_WORDS = Set.of("mtp", "nextn", "mtp_layers", "mtp_block");
    private static final List<String> TOWER_WORDS = List.of(
            "vision", "visual", "image", "audio", "speech", "multi_modal", "mm_projector", "mm.", "patch_merger");
    private static final Set<String> TASK_WORDS = Set.of(
            "cls",
            "classifier",
            "score",
            "qa_outputs",
            "pooler",
            "lm_head",
            "classification_head",
            "vocab_projector",
            "vocab_transform",
            "vocab_layer_norm",
            "generator_predictions",
            "discriminator_predictions",
            "predictions",
            "lm_predictions",
            "mask_predictions",
            "v_head",
            "sop_classifier");

    private final TensorIndex index;
    private final Set<Dimensions> tables;
    private final long layers;

    /// @param tables the shapes of the token table and of a head of its own
    /// @param layers how many numbered layers the text has
    ExtraKinds(TensorIndex index, Set<Dimensions> tables, long layers) {
        this.index = index;
        this.tables = Set.copyOf(tables);
        this.layers = layers;
    }

    Kind of(StoredTensor tensor) {
        String name = tensor.name();
        if (belongsToWeight(name, SCALES) || isOnnxScale(name) || endsInOne(name, CACHE_SCALES)) {
            return Kind.SCALE;
        }
        if (belongsToWeight(name, PACKING) || name.contains(QUANT_STATE)) {
            return Kind.PACKING;
        }
        if (isBuffer(tensor)) {
            return Kind.BUFFER;
        }
        if (isCopy(tensor)) {
            return Kind.TIED_COPY;
        }
        List<String> words = words(tensor);
        if (isPrediction(words)) {
            return Kind.NEXT_TOKENS_PREDICTION;
        }
        if (TOWER_WORDS.stream().anyMatch(name::contains) || words.getFirst().equals("v")) {
            return Kind.TOWER;
        }
        return words.stream().anyMatch(TASK_WORDS::contains) ? Kind.TASK_HEAD : Kind.UNKNOWN;
    }

    /// Whether it helps to unpack a tensor of the logical count, and not one of layers that predict further tokens.
    boolean isBesideLogical(StoredTensor tensor) {
        return switch (of(tensor)) {
            case SCALE, PACKING -> !isPrediction(words(tensor));
            case NEXT_TOKENS_PREDICTION, TIED_COPY, BUFFER, TOWER, TASK_HEAD, UNKNOWN -> false;
        };
    }

    private static List<String> words(StoredTensor tensor) {
        return Arrays.asList(tensor.name().split("\\.", -1));
    }

    private boolean isPrediction(List<String> words) {
        return words.stream().anyMatch(PREDICTION_WORDS::contains) || isBehindLastLayer(words);
    }

    private boolean belongsToWeight(String name, List<String> suffixes) {
        for (String suffix : suffixes) {
            if (name.endsWith(suffix)) {
                return Carriers.holds(index, name.substring(0, name.length() - suffix.length()));
            }
        }
        return false;
    }

    private boolean isOnnxScale(String name) {
        for (String suffix : List.of("_scale", "_zero_point")) {
            if (name.endsWith(suffix)) {
                return index.holds(name.substring(0, name.length() - suffix.length()) + Carriers.QUANTIZED);
            }
        }
        return false;
    }

    /// Also every constant of a graph: whole numbers, and single values.
    private static boolean isBuffer(StoredTensor tensor) {
        String name = tensor.name();
        List<Long> sizes =
                tensor.dimensions().sizes().stream().filter(size -> size != 1).toList();
        boolean isMask = endsInOne(name, MASKS)
                && sizes.size() == 2
                && sizes.get(0).equals(sizes.get(1))
                && tensor.dimensions().rank() >= 3;
        DataType type = tensor.type();
        return isMask
                || endsInOne(name, BUFFERS)
                || type.equals(DataType.I64)
                || type.equals(DataType.BOOL)
                || tensor.elements() <= 1;
    }

    private boolean isCopy(StoredTensor tensor) {
        String stem = Carriers.stem(tensor.name());
        return tables.contains(tensor.dimensions())
                && COPIES.stream().anyMatch(copy -> stem.equals(copy) || stem.endsWith("." + copy));
    }

    /// A number behind `layers` or `blk` that no layer of the text has.
    private boolean isBehindLastLayer(List<String> words) {
        for (int i = 1; i < words.size(); i++) {
            String before = words.get(i - 1);
            if ((before.equals("layers") || before.equals("blk") || before.equals("h"))
                    && isNumber(words.get(i))
                    && Long.parseLong(words.get(i)) >= layers) {
                return true;
            }
        }
        return false;
    }

    private static boolean isNumber(String word) {
        return !word.isEmpty() && word.length() < 10 && word.chars().allMatch(Character::isDigit);
    }

    private static boolean endsInOne(String name, List<String> suffixes) {
        return suffixes.stream().anyMatch(name::endsWith);
    }
}
