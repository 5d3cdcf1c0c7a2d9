package dev.plimsoll.planner.cost;

import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.GgmlTypes;
import java.util.List;
import java.util.Optional;

/// Which GGML type llama.cpp's quantiser gives a tensor of a file that is named for one type.
///
/// The main type for all matrices, a larger one for those that matter most. Source: `llama_tensor_get_type` of
/// llama.cpp's `src/llama-quant.cpp` (2025), without an importance matrix and without its exceptions for Falcon.
///
/// @param name of the mixture, for example `q4_k_m`
/// @param main the type of most matrices
record GgufMixture(String name, String main) {
    /// What llama.cpp distinguishes tensors by.
    enum Place {
        KEY,
        VALUE,
        ATTENTION_OUTPUT,
        DOWN,
        HEAD,
        OTHER
    }

    /// Where a tensor stands.
    ///
    /// @param layer of `layers`, from 0
    record Position(Place place, long layer, long layers) {
        private boolean isFirstEighth() {
            return layer < layers / 8;
        }

        /// The first and last eighth of the layers, and every third between them.
        private boolean hasMoreBits() {
            return isFirstEighth() || layer >= 7 * layers / 8 || (layer - layers / 8) % 3 == 2;
        }
    }

    /// What llama.cpp looks at in a model.
    ///
    /// @param queriesPerKey query heads that share a key/value head
    /// @param experts in a layer; 1 without a router
    record Traits(long queriesPerKey, long experts) {}

    static final List<GgufMixture> ALL = List.of(
            new GgufMixture("q8_0", "q8_0"),
            new GgufMixture("q6_k", "q6_k"),
            new GgufMixture("q5_k_m", "q5_k"),
            new GgufMixture("q5_k_s", "q5_k"),
            new GgufMixture("q5_1", "q5_1"),
            new GgufMixture("q5_0", "q5_0"),
            new GgufMixture("q4_k_m", "q4_k"),
            new GgufMixture("q4_k_s", "q4_k"),
            new GgufMixture("q4_1", "q4_1"),
            new GgufMixture("q4_0", "q4_0"),
            new GgufMixture("q3_k_l", "q3_k"),
            new GgufMixture("q3_k_m", "q3_k"),
            new GgufMixture("q3_k_s", "q3_k"),
            new GgufMixture("q2_k", "q2_k"));

    /// The type of a tensor whose rows have so many elements.
    DataType type(Position position, Traits traits, long rowElements) {
        String chosen = switch (position.place()) {
            case HEAD -> main.equals("q8_0") || rowElements % blockElements(main) != 0 ? "q8_0" : "q6_k";
            case VALUE -> value(position, traits);
            case KEY -> traits.experts() == 8 ? "q8_0" : main;
            case DOWN -> down(position);
            case ATTENTION_OUTPUT -> attentionOutput(traits);
            case OTHER -> main;
        };
        return fitting(chosen, rowElements);
    }

    private String value(Position position, Traits traits) {
        if (traits.experts() == 8) {
            return "q8_0";
        }
        String chosen = switch (name) {
            case "q2_k" -> traits.queriesPerKey() >= 4 ? "q4_k" : "q3_k";
            case "q3_k_m" -> position.layer() < 2 ? "q5_k" : "q4_k";
            case "q3_k_l" -> "q5_k";
            case "q4_k_m", "q5_k_m" -> position.hasMoreBits() ? "q6_k" : main;
            case "q4_k_s" -> position.layer() < 4 ? "q5_k" : main;
            default -> main;
        };
        boolean seventyBillion = position.layers() == 80 && traits.queriesPerKey() > 1;
        return seventyBillion && (chosen.equals("q3_k") || chosen.equals("q4_k")) ? "q5_k" : chosen;
    }

    private String down(Position position) {
        return switch (name) {
            case "q2_k" -> "q3_k";
            case "q3_k_m" -> position.layer() < position.layers() / 16 ? "q5_k" : "q4_k";
            case "q3_k_l" -> "q5_k";
            case "q4_k_m", "q5_k_m" -> position.hasMoreBits() ? "q6_k" : main;
            case "q4_k_s" -> position.isFirstEighth() ? "q5_k" : main;
            default -> main;
        };
    }

    private String attentionOutput(Traits traits) {
        boolean small = main.equals("q2_k") || main.equals("q3_k") || main.equals("q4_k");
        if (traits.experts() == 8 && small) {
            return "q5_k";
        }
        return switch (name) {
            case "q2_k" -> "q3_k";
            case "q3_k_m" -> "q4_k";
            case "q3_k_l" -> "q5_k";
            default -> main;
        };
    }

    /// The type itself, or a stand-in with smaller blocks where its blocks do not divide a row.
    private static DataType fitting(String chosen, long rowElements) {
        if (rowElements % blockElements(chosen) == 0) {
            return typed(chosen);
        }
        String standIn = switch (chosen) {
            case "q2_k", "q3_k" -> "iq4_nl";
            case "q4_k" -> "q5_0";
            case "q5_k" -> "q5_1";
            default -> "q8_0";
        };
        return rowElements % blockElements(standIn) == 0 ? typed(standIn) : DataType.F16;
    }

    private static int blockElements(String type) {
        return typed(type).blockElements();
    }

    private static DataType typed(String type) {
        Optional<DataType> known = GgmlTypes.byName(type);
        return known.orElseThrow(() -> new IllegalStateException(type));
    }
}
