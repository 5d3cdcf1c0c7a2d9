package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/// Multi-head latent attention: keys and values are expanded from one small latent a token, which alone is cached.
///
/// Parameters: query `a·(n+r)·h`, or `q·h + q + a·(n+r)·q` through a latent of rank `q`; key/value latent
/// `(l+r)·h + l`; expansion `a·(n+w)·l`; output `h·a·w`; with `n` the unrotated and `r` the rotated head size, `l` the
/// latent's rank, `w` the value size. Source: DeepSeek-V2 (2024), section 2.1 and appendix C.
///
/// @param queryRank rank of the query's latent; empty where queries are projected at once
/// @param latentRank rank of the key/value latent
/// @param plainSize the part of a head that is not rotated
/// @param valueSize width of a value head
/// @param rotary the rotation of the other part
/// @param indexer the choice of tokens, where the attention is sparse
public record LatentAttention(
        long queryHeads,
        OptionalLong queryRank,
        long latentRank,
        long plainSize,
        long valueSize,
        Rotary rotary,
        NormRecipe norm,
        Presence downBias,
        AttentionScores scores,
        Optional<Indexer> indexer)
        implements Sublayer {
    /// The small attention that chooses which tokens the large one looks at.
    ///
    /// @param tokens how many it chooses
    /// @param rotary the rotation of its own queries and keys
    public record Indexer(long heads, long size, long tokens, Rotary rotary) {}

    @Override
    public String key() {
        return "attention";
    }

    @Override
    public Value append(BlockBuilder block, Value input) {
        Shape width = input.shape().trailing(1);
        Shape heads = Shape.of(Axis.QUERY_HEADS, queryHeads);
        Shape latentWidth = Shape.of(Axis.LATENT, latentRank);
        Shape rotatedWidth = Shape.of(Axis.HEAD_SIZE, rotary.size());

        Value queryInput = queryInput(block, input, width);
        Shape headWidth = Shape.of(Axis.HEAD_SIZE, plainSize + rotary.size());
        Role queryRole = queryRank.isPresent() ? Role.LATENT_UP_PROJECTION : Role.QUERY_KEY_VALUE;
        Value query = block.linear(
                "attention.query",
                queryRole,
                queryInput,
                queryInput.shape().trailing(1),
                heads.then(headWidth),
                Presence.ABSENT);
        query = block.rotate("attention.query_rotary", query, rotary);

        Value latent =
                block.linear("attention.key_value_latent", Role.QUERY_KEY_VALUE, input, width, latentWidth, downBias);
        latent = block.normalize("attention.key_value_normalization", latent, norm, 1);
        Value rotatedKey =
                block.linear("attention.rotated_key", Role.QUERY_KEY_VALUE, input, width, rotatedWidth, downBias);
        rotatedKey = block.rotate("attention.key_rotary", rotatedKey, rotary);

        Value plainKey = expand(block, "attention.key", latent, heads.then(Shape.of(Axis.HEAD_SIZE, plainSize)));
        Value value = expand(block, "attention.value", latent, heads.then(Shape.of(Axis.VALUE_SIZE, valueSize)));
        Value key = block.append(new Operator.Concatenate(
                "attention.whole_key",
                Role.LATENT_UP_PROJECTION,
                List.of(plainKey, rotatedKey),
                Axis.HEAD_SIZE,
                Value.activation(
                        "attention.whole_key", block.tokens().then(heads).then(headWidth))));

        Optional<Value> selection = indexer.map(how -> select(block, how, input, queryInput));
        AttentionMask mask = indexer.<AttentionMask>map(how -> new AttentionMask.Selected(how.tokens()))
                .orElse(new AttentionMask.Causal());
        Shape output = heads.then(Shape.of(Axis.VALUE_SIZE, valueSize));
        Value attended = block.append(new Operator.Attention(
                "attention.core",
                Role.CORE_ATTENTION,
                query,
                key,
                value,
                selection,
                mask,
                scores,
                List.of(latent, rotatedKey),
                Value.activation("attention.core", block.tokens().then(output))));
        return block.linear("attention.output", Role.ATTENTION_OUTPUT, attended, output, width, downBias);
    }

    private Value queryInput(BlockBuilder block, Value input, Shape width) {
        if (queryRank.isEmpty()) {
            return input;
        }
        Shape rank = Shape.of(Axis.LATENT, queryRank.getAsLong());
        Value latent = block.linear("attention.query_latent", Role.QUERY_KEY_VALUE, input, width, rank, downBias);
        return block.normalize("attention.query_normalization", latent, norm, 1);
    }

    private static Value expand(BlockBuilder block, String key, Value latent, Shape outputs) {
        return block.linear(
                key, Role.LATENT_UP_PROJECTION, latent, latent.shape().trailing(1), outputs, Presence.ABSENT);
    }

    private Value select(BlockBuilder block, Indexer how, Value input, Value queryInput) {
        Shape heads = Shape.of(Axis.INDEX_HEADS, how.heads());
        Shape size = Shape.of(Axis.INDEX_SIZE, how.size());
        Shape width = input.shape().trailing(1);
        Shape queryWidth = queryInput.shape().trailing(1);
        Value query =
                block.linear("indexer.query", Role.INDEXER, queryInput, queryWidth, heads.then(size), Presence.ABSENT);
        query = block.rotate("indexer.query_rotary", query, how.rotary());
        Value key = block.linear("indexer.key", Role.INDEXER, input, width, size, Presence.ABSENT);
        key = block.normalize("indexer.key_normalization", key, NormRecipe.layer(norm.epsilon()), 1);
        key = block.rotate("indexer.key_rotary", key, how.rotary());
        Value weights = block.linear("indexer.weights", Role.INDEXER, input, width, heads, Presence.ABSENT);
        return block.append(new Operator.TokenSelection(
                "indexer.selection",
                Role.INDEXER,
                query,
                key,
                weights,
                Value.index("indexer.selection", block.tokens().then(Shape.of(Axis.TOP_K, how.tokens())))));
    }
}
