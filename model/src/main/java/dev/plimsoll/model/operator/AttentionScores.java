package dev.plimsoll.model.operator;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Stream;

/// What happens to query-key products before the softmax.
///
/// @param scale they are multiplied by this
/// @param softCap `c · tanh(x / c)` where present (Gemma 2)
/// @param sinks a trained score for each query head that takes part in the softmax and weighs nothing (gpt-oss)
public record AttentionScores(double scale, OptionalDouble softCap, PositionBias positions, Optional<Parameter> sinks) {
    /// What the distance of two tokens adds to their score.
    public sealed interface PositionBias {
        record None() implements PositionBias {}

        /// A slope for each head times the distance. Source: Press et al. 2021.
        record LinearBias() implements PositionBias {}

        /// A trained score for each bucket of distances and head. Source: Raffel et al. 2020 (T5).
        record Buckets(Parameter table) implements PositionBias {}

        /// `query · keys[distance] + queries[-distance] · key`, products of content with projected relative positions.
        /// Source: He et al. 2021 (DeBERTa), equation 4.
        ///
        /// @param keys `[B, k, d]`, for content to position
        /// @param queries `[B, a, d]`, for position to content
        record Disentangled(Optional<Value> keys, Optional<Value> queries) implements PositionBias {}

        /// Products of the query with sinusoids of the distance, projected to heads. Source: Dai et al. 2019, equation
        /// 5.
        record Sinusoids(Parameter projection) implements PositionBias {}
    }

    public static AttentionScores scaled(double scale) {
        return new AttentionScores(scale, OptionalDouble.empty(), new PositionBias.None(), Optional.empty());
    }

    public AttentionScores withScale(double other) {
        return new AttentionScores(other, softCap, positions, sinks);
    }

    public AttentionScores withSoftCap(OptionalDouble other) {
        return new AttentionScores(scale, other, positions, sinks);
    }

    public AttentionScores withPositions(PositionBias other) {
        return new AttentionScores(scale, softCap, other, sinks);
    }

    /// The parameters that the scores read.
    public List<Parameter> parameters() {
        List<Parameter> parameters = new ArrayList<>(
                switch (positions) {
                    case PositionBias.None(), PositionBias.LinearBias() -> List.<Parameter>of();
                    case PositionBias.Buckets(Parameter table) -> List.of(table);
                    case PositionBias.Disentangled projected -> List.<Parameter>of();
                    case PositionBias.Sinusoids(Parameter projection) -> List.of(projection);
                });
        sinks.ifPresent(parameters::add);
        return List.copyOf(parameters);
    }

    /// The values that the scores read besides query and key.
    public List<Value> reads() {
        return switch (positions) {
            case PositionBias.None(), PositionBias.LinearBias() -> List.of();
            case PositionBias.Buckets buckets -> List.of();
            case PositionBias.Sinusoids sinusoids -> List.of();
            case PositionBias.Disentangled(Optional<Value> keys, Optional<Value> queries) ->
                Stream.concat(keys.stream(), queries.stream()).toList();
        };
    }
}
