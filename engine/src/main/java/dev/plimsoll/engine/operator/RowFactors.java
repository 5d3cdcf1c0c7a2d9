package dev.plimsoll.engine.operator;

import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Parameter;
import java.util.Optional;

/// A gain or a bias of rows: along a row, or along several rows one after another (each head has its own).
///
/// @param values from index 0 on
/// @param count how many, a multiple of a row's width; 0 where there is none
@SuppressWarnings("ArrayRecordComponent") // a view of a tensor
record RowFactors(float[] values, int count) {
    private static final RowFactors NONE = new RowFactors(new float[0], 0);

    /// The parameter as it is.
    static RowFactors of(Optional<Tensor> tensor, Floats floats) {
        return tensor.map(held -> new RowFactors(floats.read(held), held.elements()))
                .orElse(NONE);
    }

    /// What elements are multiplied by: one plus the parameter where it is stored beside one.
    static RowFactors gain(Optional<Parameter> parameter, Optional<Tensor> tensor, Floats floats) {
        boolean besideOne = parameter
                .filter(gain -> gain.kind() == Parameter.Kind.GAIN_BESIDE_ONE)
                .isPresent();
        RowFactors stored = of(tensor, floats);
        if (!besideOne) {
            return stored;
        }
        float[] gains = floats.scratch(stored.count);
        for (int i = 0; i < stored.count; i++) {
            gains[i] = 1 + stored.values[i];
        }
        return new RowFactors(gains, stored.count);
    }

    boolean isPresent() {
        return count > 0;
    }

    /// Where the factors of a row begin.
    ///
    /// @param at the index of the row's first element
    int offset(int at) {
        return at % count;
    }
}
