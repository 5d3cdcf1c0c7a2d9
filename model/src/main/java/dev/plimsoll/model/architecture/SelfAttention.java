package dev.plimsoll.model.architecture;

import dev.plimsoll.model.operator.ActivationFunction;
import dev.plimsoll.model.operator.AttentionMask;
import dev.plimsoll.model.operator.AttentionScores;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.Role;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.Shape;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Multi-head, grouped-query or multi-query attention of tokens over their own sequence.
///
/// Parameters: `a·d·h` query, `k·(d + w)·h` key and value, `h·a·w` output (`w` is `d` where nothing else is
/// said), and what the options add.
///
/// @param biased the projections that add a bias
/// @param headNorm normalisation of queries and keys before the rotation
/// @param options what few families have
public record SelfAttention(
        Heads heads,
        Set<Projection> biased,
        HeadNorm headNorm,
        Optional<Rotary> rotary,
        AttentionMask mask,
        AttentionScores scores,
        Options options)
        implements Sublayer {
    /// The four linear maps.
    public enum Projection {
        QUERY,
        KEY,
        VALUE,
        OUTPUT;

        /// Whether this one is among those that add a bias.
        Presence bias(Set<Projection> biased) {
            return biased.contains(this) ? Presence.PRESENT : Presence.ABSENT;
        }
    }

    /// Normalisation of queries and keys.
    public sealed interface HeadNorm {
        record None() implements HeadNorm {}

        /// Over each head, `d` gains.
        record EachHead(NormRecipe recipe) implements HeadNorm {}

        /// Over all heads together, `a·d` and `k·d` gains.
        record AllHeads(NormRecipe recipe) implements HeadNorm {}

        /// Over each head, `a·d` and `k·d` gains, since each head has its own (Cohere).
        record EachHeadItsOwn(NormRecipe recipe) implements HeadNorm {}

        /// Over each head, `d` gains, and over each head of the values too, without gains (Gemma 4).
        record EachHeadAndValue(NormRecipe recipe) implements HeadNorm {}
    }

    /// What few families have.
    ///
    /// @param sinks a trained score for each query head that takes part in the softmax
    /// @param outputGate the output times the sigmoid of another projection of the input
    /// @param keysAndValues whose keys and values are looked at
    /// @param valueProjection whether values have a projection of their own, or are the keys before norm
    ///     and rotation
    public record Options(Presence sinks, Presence outputGate, KeysAndValues keysAndValues, Presence valueProjection) {
        public static final Options PLAIN =
                new Options(Presence.ABSENT, Presence.ABSENT, KeysAndValues.OWN, Presence.PRESENT);
    }

    /// Whose keys and values a layer looks at.
    public enum KeysAndValues {
        OWN,
        /// An encoder's: as its own, but nothing is kept for later tokens.
        OWN_UNCACHED,
        /// Those of an earlier layer, which come in as `shared.key` and `shared.value`.
        EARLIER_LAYER
    }

    public SelfAttention {
        biased = Set.copyOf(biased);
    }

    /// Causal attention with the usual scale, without biases, norms or positions.
    public static SelfAttention causal(Heads heads) {
        return new SelfAttention(
                heads,
                Set.of(),
                new HeadNorm.None(),
                Optional.empty(),
                new AttentionMask.Causal(),
                AttentionScores.scaled(1 / Math.sqrt((double) heads.headSize())),
                Options.PLAIN);
    }

    /// Attention of an encoder: every token sees every other, and nothing is kept for later ones.
    public static SelfAttention encoder(Heads heads) {
        Options options = new Options(Presence.ABSENT, Presence.ABSENT, KeysAndValues.OWN_UNCACHED, Presence.PRESENT);
        return causal(heads).withMask(new AttentionMask.Everything()).withOptions(options);
    }

    public SelfAttention withBiased(Projection... projections) {
        EnumSet<Projection> set = EnumSet.noneOf(Projection.class);
        set.addAll(List.of(projections));
        return new SelfAttention(heads, set, headNorm, rotary, mask, scores, options);
    }

    public SelfAttention withHeadNorm(HeadNorm other) {
        return new SelfAttention(heads, biased, other, rotary, mask, scores, options);
    }

    public SelfAttention withRotary(Optional<Rotary> other) {
        return new SelfAttention(heads, biased, headNorm, other, mask, scores, options);
    }

    public SelfAttention withMask(AttentionMask other) {
        return new SelfAttention(heads, biased, headNorm, rotary, other, scores, options);
    }

    public SelfAttention withScores(AttentionScores other) {
        return new SelfAttention(heads, biased, headNorm, rotary, mask, other, options);
    }

    public SelfAttention withOptions(Options other) {
        return new SelfAttention(heads, biased, headNorm, rotary, mask, scores, other);
    }

    @Override
    public String key() {
        return "attention";
    }

    @Override
    public Value append(BlockBuilder block, Value input) {
        Shape width = input.shape().trailing(1);
        Value query = project(block, "query", input, heads.query(), Projection.QUERY);
        query = rotate(block, "query", normalize(block, "query", query));
        KeyAndValue own = keyAndValue(block, input);
        Value output = attend(block, query, own);
        if (options.outputGate() == Presence.PRESENT) {
            Value gate = project(block, "gate", input, heads.output(), Projection.QUERY);
            gate = block.activate("attention.gate.sigmoid", Role.CORE_ATTENTION, gate, ActivationFunction.SIGMOID);
            output = block.multiply("attention.gated", Role.CORE_ATTENTION, output, gate);
        }
        Presence bias = Projection.OUTPUT.bias(biased);
        return block.linear("attention.output", Role.ATTENTION_OUTPUT, output, heads.output(), width, bias);
    }

    private record KeyAndValue(Value key, Value value, List<Value> cached) {}

    private KeyAndValue keyAndValue(BlockBuilder block, Value input) {
        return switch (options.keysAndValues()) {
            case EARLIER_LAYER ->
                new KeyAndValue(
                        block.input("shared.key", heads.key()), block.input("shared.value", heads.value()), List.of());
            case OWN -> {
                KeyAndValue own = ownKeyAndValue(block, input);
                yield new KeyAndValue(own.key(), own.value(), List.of(own.key(), own.value()));
            }
            case OWN_UNCACHED -> ownKeyAndValue(block, input);
        };
    }

    private KeyAndValue ownKeyAndValue(BlockBuilder block, Value input) {
        Value key = project(block, "key", input, heads.key(), Projection.KEY);
        Value value = options.valueProjection() == Presence.PRESENT
                ? project(block, "value", input, heads.value(), Projection.VALUE)
                : key;
        if (headNorm instanceof HeadNorm.EachHeadAndValue(NormRecipe recipe)) {
            NormRecipe plain = recipe.with(NormRecipe.Affine.NONE);
            value = block.normalize("attention.value_normalization", value, plain, 1);
        }
        key = rotate(block, "key", normalize(block, "key", key));
        return new KeyAndValue(key, value, List.of());
    }

    private Value project(BlockBuilder block, String name, Value input, Shape outputs, Projection projection) {
        Shape width = input.shape().trailing(1);
        return block.linear("attention." + name, Role.QUERY_KEY_VALUE, input, width, outputs, projection.bias(biased));
    }

    private Value normalize(BlockBuilder block, String name, Value value) {
        return normalize(block, headNorm, "attention." + name + "_normalization", value);
    }

    /// Normalises queries or keys, `[b, s, a, d]`.
    static Value normalize(BlockBuilder block, HeadNorm headNorm, String key, Value value) {
        return switch (headNorm) {
            case HeadNorm.None() -> value;
            case HeadNorm.EachHead(NormRecipe recipe) -> block.normalize(key, value, recipe, 1);
            case HeadNorm.AllHeads(NormRecipe recipe) -> block.normalize(key, value, recipe, 2);
            case HeadNorm.EachHeadItsOwn(NormRecipe recipe) -> block.normalizeEach(key, value, recipe);
            case HeadNorm.EachHeadAndValue(NormRecipe recipe) -> block.normalize(key, value, recipe, 1);
        };
    }

    private Value rotate(BlockBuilder block, String name, Value value) {
        return rotary.map(how -> block.rotate("attention." + name + "_rotary", value, how))
                .orElse(value);
    }

    private Value attend(BlockBuilder block, Value query, KeyAndValue attended) {
        AttentionScores withSinks = scores;
        if (options.sinks() == Presence.PRESENT) {
            Parameter sinks = block.parameter(
                    "attention.sinks.weight", Parameter.Kind.GAIN, Shape.of(Axis.QUERY_HEADS, heads.queryHeads()));
            withSinks = new AttentionScores(scores.scale(), scores.softCap(), scores.positions(), Optional.of(sinks));
        }
        withSinks.parameters().forEach(block::use);
        return block.append(new Operator.Attention(
                "attention.core",
                Role.CORE_ATTENTION,
                query,
                attended.key(),
                attended.value(),
                Optional.empty(),
                mask,
                withSinks,
                attended.cached(),
                Value.activation("attention.core", block.tokens().then(heads.output()))));
    }
}
