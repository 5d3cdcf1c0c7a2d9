package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Attention of a decoder's tokens over another stack's output, which comes in as `encoder`.
///
/// Parameters, with `u` the other stack's width: `a·d·h` query, `k·(d + w)·u` key and value, `h·a·w` output, and what
/// biases and norms add.
///
/// @param sourceTokens the axis along which the other stack's tokens lie
/// @param sourceWidth the other stack's width
/// @param scores what happens to query-key products before the softmax
public record CrossAttention(
        Heads heads,
        Axis sourceTokens,
        long sourceWidth,
        Set<SelfAttention.Projection> biased,
        SelfAttention.HeadNorm headNorm,
        AttentionScores scores)
        implements Sublayer {
    public CrossAttention {
        biased = Set.copyOf(biased);
    }

    @Override
    public String key() {
        return "cross_attention";
    }

    @Override
    public Value append(BlockBuilder block, Value input) {
        Shape width = input.shape().trailing(1);
        Value source = block.input(Value.activation(
                "encoder", Shape.open(Axis.BATCH, sourceTokens).then(Shape.of(Axis.HIDDEN, sourceWidth))));
        Value query = project(block, "query", input, heads.query(), SelfAttention.Projection.QUERY);
        Value key = project(block, "key", source, heads.key(), SelfAttention.Projection.KEY);
        Value value = project(block, "value", source, heads.value(), SelfAttention.Projection.VALUE);
        query = SelfAttention.normalize(block, headNorm, "cross_attention.query_normalization", query);
        key = SelfAttention.normalize(block, headNorm, "cross_attention.key_normalization", key);
        Value output = block.append(new Operator.Attention(
                "cross_attention.core",
                Role.CORE_ATTENTION,
                query,
                key,
                value,
                Optional.empty(),
                new AttentionMask.Everything(),
                scores,
                List.of(key, value),
                Value.activation("cross_attention.core", block.tokens().then(heads.output()))));
        Presence bias = SelfAttention.Projection.OUTPUT.bias(biased);
        return block.linear("cross_attention.output", Role.ATTENTION_OUTPUT, output, heads.output(), width, bias);
    }

    private Value project(
            BlockBuilder block, String name, Value input, Shape outputs, SelfAttention.Projection projection) {
        Shape width = input.shape().trailing(1);
        return block.linear(
                "cross_attention." + name, Role.QUERY_KEY_VALUE, input, width, outputs, projection.bias(biased));
    }
}
