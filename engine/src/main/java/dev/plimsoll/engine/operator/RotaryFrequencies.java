package dev.plimsoll.engine.operator;

import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.operator.Rotary;
import dev.plimsoll.model.operator.RotaryScaling;
import java.util.function.IntToDoubleFunction;

/// How far each pair of a rotary embedding turns from one position to the next.
///
/// @param angles in radians for each pair, the fastest first
/// @param factor sines and cosines are multiplied by this
@SuppressWarnings("ArrayRecordComponent") // computed for one step
record RotaryFrequencies(double[] angles, double factor) {
    /// @param context tokens of the text up to its last one, on which only a dynamic scaling depends
    /// @throws InputException for a scaling whose factors the description lacks
    static RotaryFrequencies of(Rotary rotary, int context) {
        double size = rotary.size();
        double base = rotary.base();
        IntToDoubleFunction plain = pair -> Math.pow(base, -2 * pair / size);
        return switch (rotary.scaling()) {
            case RotaryScaling.None() -> all(rotary, plain, 1);
            case RotaryScaling.Linear(double factor) -> all(rotary, pair -> plain.applyAsDouble(pair) / factor, 1);
            case RotaryScaling.Dynamic dynamic -> {
                double grown = base * Math.pow(growth(dynamic, context), size / (size - 2));
                yield all(rotary, pair -> Math.pow(grown, -2 * pair / size), 1);
            }
            case RotaryScaling.Yarn yarn -> {
                Ramp ramp = Ramp.of(yarn, rotary);
                yield all(
                        rotary,
                        pair -> plain.applyAsDouble(pair) * mix(ramp.at(pair), 1, 1 / yarn.factor()),
                        yarn.attentionFactor());
            }
            case RotaryScaling.Llama3 llama -> all(rotary, pair -> scaled(plain.applyAsDouble(pair), llama), 1);
            case RotaryScaling.Proportional(double factor, long turnedPairs) ->
                all(rotary, pair -> pair < turnedPairs ? plain.applyAsDouble(pair) / factor : 0, 1);
            case RotaryScaling.LongRope longRope ->
                throw InputException.unsupported(
                        "rotary embedding: found LongRope from " + longRope.trainedPositions()
                                + " positions, whose factors the description lacks; it is not executed yet",
                        "Choose a model with another scaling.");
        };
    }

    private static RotaryFrequencies all(Rotary rotary, IntToDoubleFunction angle, double factor) {
        double[] angles = new double[Math.toIntExact(rotary.size() / 2)];
        for (int pair = 0; pair < angles.length; pair++) {
            angles[pair] = angle.applyAsDouble(pair);
        }
        return new RotaryFrequencies(angles, factor);
    }

    /// Peng et al. 2023, section 3.3, as it is commonly executed; 1 within the trained context.
    private static double growth(RotaryScaling.Dynamic dynamic, int context) {
        double longer = Math.max(1, (double) context / dynamic.trainedPositions());
        return dynamic.factor() * longer - dynamic.factor() + 1;
    }

    /// Waves shorter than the trained context over `highFrequency` stay, those longer than it over `lowFrequency` are
    /// divided by the factor. Source: Llama 3.1's published program, `apply_scaling`.
    private static double scaled(double angle, RotaryScaling.Llama3 llama) {
        double turns = llama.trainedPositions() * angle / (2 * Math.PI);
        double share = (turns - llama.lowFrequency()) / (llama.highFrequency() - llama.lowFrequency());
        return angle * mix(1 - Math.clamp(share, 0, 1), 1, 1 / llama.factor());
    }

    /// `from` at 0, `to` at 1.
    private static double mix(double share, double from, double to) {
        return from + share * (to - from);
    }

    /// How much of the division a pair gets: none before `low`, all from `high` on.
    private record Ramp(double low, double high) {
        static Ramp of(RotaryScaling.Yarn yarn, Rotary rotary) {
            double low = pair(yarn.betaFast(), yarn, rotary);
            double high = pair(yarn.betaSlow(), yarn, rotary);
            if (yarn.ramp() == RotaryScaling.RampEnds.WHOLE_PAIRS) {
                low = Math.floor(low);
                high = Math.ceil(high);
            }
            low = Math.max(low, 0);
            high = Math.min(high, rotary.size() - 1.0);
            return new Ramp(low, low == high ? high + 0.001 : high);
        }

        /// The pair that turns so often within the trained context. Source: Peng et al. 2023, equation 17 solved for
        /// the pair.
        private static double pair(double turns, RotaryScaling.Yarn yarn, Rotary rotary) {
            double ratio = yarn.trainedPositions() / (turns * 2 * Math.PI);
            return rotary.size() * Math.log(ratio) / (2 * Math.log(rotary.base()));
        }

        double at(int pair) {
            return Math.clamp((pair - low) / (high - low), 0, 1);
        }
    }
}
