package dev.plimsoll.formats.gguf;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.IntStream;

/// Architectures whose layers differ in what they attend to.
final class GgufWindows {
    private static final String SLIDING = "sliding_attention";
    private static final String FULL = "full_attention";

    private GgufWindows() {}

    static void gemma3(GgufKeys keys) {
        if (!keys.flags("attention.sliding_window_pattern").isEmpty()) {
            keys.putTexts("layer_types", layerTypes(keys));
        }
    }

    /// Heads and their sizes differ between layers with a window and without, and the upper layers use the keys and
    /// values of lower ones.
    static void gemma4(GgufKeys keys) {
        List<String> types = layerTypes(keys);
        if (types.isEmpty()) {
            throw keys.missing("attention.sliding_window_pattern");
        }
        keys.putTexts("layer_types", types);
        keys.copy("global_head_dim", "attention.key_length").copy("head_dim", "attention.key_length_swa");
        List<Long> heads = keys.each("attention.head_count_kv");
        at(heads, types.indexOf(SLIDING)).ifPresent(count -> keys.put("num_key_value_heads", count));
        at(heads, types.lastIndexOf(FULL)).ifPresent(count -> keys.put("num_global_key_value_heads", count));
        keys.putTruth("attention_k_eq_v", sharesKeyAndValue(keys, types))
                .copy("num_kv_shared_layers", "attention.shared_kv_layers")
                .put("hidden_size_per_layer_input", keys.wholeOr("embedding_length_per_layer_input", 0));
        keys.vocabulary().ifPresent(rows -> keys.put("vocab_size_per_layer_input", rows));
        List<Long> widths = keys.each("feed_forward_length");
        at(widths, 0).ifPresent(width -> keys.put("intermediate_size", width));
        keys.putTruth("use_double_wide_mlp", widths.stream().distinct().count() > 1);
        if (keys.wholeOr("expert_count", 0) > 0) {
            keys.putTruth("enable_moe_block", true)
                    .copy("num_experts", "expert_count")
                    .copy("top_k_experts", "expert_used_count")
                    .copy("moe_intermediate_size", "expert_feed_forward_length");
        }
    }

    private static List<String> layerTypes(GgufKeys keys) {
        List<String> types = new ArrayList<>();
        keys.flags("attention.sliding_window_pattern").forEach(slides -> types.add(slides ? SLIDING : FULL));
        return types;
    }

    private static boolean sharesKeyAndValue(GgufKeys keys, List<String> types) {
        return IntStream.range(0, Math.min(types.size(), keys.blocks()))
                .anyMatch(block -> types.get(block).equals(FULL)
                        && keys.blockHolds(block, "attn_k.weight")
                        && !keys.blockHolds(block, "attn_v.weight"));
    }

    private static OptionalLong at(List<Long> values, int index) {
        return index >= 0 && index < values.size() ? OptionalLong.of(values.get(index)) : OptionalLong.empty();
    }
}
