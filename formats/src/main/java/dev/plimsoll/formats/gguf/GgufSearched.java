package dev.plimsoll.formats.gguf;

import dev.plimsoll.formats.json.JsonBoolean;
import dev.plimsoll.formats.json.JsonNumber;
import dev.plimsoll.formats.json.JsonObject;
import dev.plimsoll.formats.json.JsonValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/// Llamas whose blocks a search has thinned out: one number for each block says what is left of it.
final class GgufSearched {
    private GgufSearched() {}

    /// A block without query heads has no attention; one with query but no key/value heads a linear map in its place; one
    /// of feed-forward width 0 no feed-forward network. Source: llama.cpp's conversion of `DeciLMForCausalLM`.
    static void deci(GgufKeys keys) {
        List<Long> queryHeads = ofEach(keys, "attention.head_count");
        List<Long> keyValueHeads = ofEach(keys, "attention.head_count_kv");
        List<Long> widths = ofEach(keys, "feed_forward_length");
        keys.common("attention.head_count").ifPresent(heads -> keys.put("num_attention_heads", heads));
        List<JsonObject> blocks = new ArrayList<>();
        for (int block = 0; block < keys.blocks(); block++) {
            LinkedHashMap<String, JsonValue> parts = new LinkedHashMap<>();
            parts.put("attention", attention(keys, queryHeads.get(block), keyValueHeads.get(block)));
            parts.put("ffn", feedForward(widths.get(block)));
            blocks.add(new JsonObject(parts));
        }
        keys.putObjects("block_configs", blocks);
    }

    private static List<Long> ofEach(GgufKeys keys, String key) {
        List<Long> numbers = keys.each(key);
        if (numbers.isEmpty()) {
            throw keys.missing(key);
        }
        return numbers;
    }

    private static JsonObject attention(GgufKeys keys, long queryHeads, long keyValueHeads) {
        if (queryHeads == 0) {
            return one("no_op", new JsonBoolean(true));
        }
        if (keyValueHeads == 0) {
            return one("replace_with_linear", new JsonBoolean(true));
        }
        if (queryHeads % keyValueHeads != 0) {
            throw keys.wrong(
                    "attention.head_count_kv", Long.toString(keyValueHeads), "a divisor of " + queryHeads + " heads");
        }
        return one("n_heads_in_group", new JsonNumber(Long.toString(queryHeads / keyValueHeads)));
    }

    private static JsonObject feedForward(long width) {
        return width == 0
                ? one("no_op", new JsonBoolean(true))
                : one("intermediate_size", new JsonNumber(Long.toString(width)));
    }

    private static JsonObject one(String key, JsonValue value) {
        LinkedHashMap<String, JsonValue> members = new LinkedHashMap<>();
        members.put(key, value);
        return new JsonObject(members);
    }
}
