package dev.plimsoll.planner.memory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Optimizer.Adafactor.FirstMoment;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.operator.TensorNames;
import dev.plimsoll.model.shape.Axis;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.shape.Shape;
import java.util.List;
import org.junit.jupiter.api.Test;

class OptimizerBytesTest {
    private static final Parameter MATRIX = new Parameter(
            "matrix",
            List.of(Shape.of(Axis.FEED_FORWARD, 512), Shape.of(Axis.HIDDEN, 128)),
            Parameter.Kind.MATRIX,
            Parameter.Sharing.EACH_LAYER,
            TensorNames.NONE);
    private static final Parameter GAIN = new Parameter(
            "gain",
            List.of(Shape.of(Axis.HIDDEN, 128)),
            Parameter.Kind.GAIN,
            Parameter.Sharing.EACH_LAYER,
            TensorNames.NONE);
    private static final Parameter HEAD = new Parameter(
            "head",
            List.of(Shape.of(Axis.VOCABULARY, 512), Shape.of(Axis.HIDDEN, 128)),
            Parameter.Kind.MATRIX,
            Parameter.Sharing.WHOLE_MODEL,
            TensorNames.NONE);

    @Test
    void plainOptimizersKeepWholeTensors() {
        assertThat(matrix(new Optimizer.GradientDescent(1))).isZero();
        assertThat(matrix(new Optimizer.Momentum(1, 0.9))).isEqualTo(4 * 512 * 128);
        assertThat(matrix(new Optimizer.Adam(1))).isEqualTo(8 * 512 * 128);
        assertThat(matrix(new Optimizer.AdamW(1, 0.1))).isEqualTo(8 * 512 * 128);
    }

    /// Two bytes a number and two f32 for each block of 256; under 4,096 numbers eight bytes each.
    @Test
    void blockwiseAdamLeavesSmallTensorsInFourBytes() {
        assertThat(matrix(new Optimizer.BlockwiseAdam(1))).isEqualTo(2 * 512 * 128 + 2 * 4 * 512 * 128 / 256);
        assertThat(gain(new Optimizer.BlockwiseAdam(1))).isEqualTo(8 * 128);
    }

    @Test
    void adafactorKeepsRowsAndColumns() {
        assertThat(matrix(new Optimizer.Adafactor(1, FirstMoment.ABSENT))).isEqualTo(4 * (512 + 128));
        assertThat(gain(new Optimizer.Adafactor(1, FirstMoment.ABSENT))).isEqualTo(4 * 128);
        assertThat(matrix(new Optimizer.Adafactor(1, FirstMoment.KEPT))).isEqualTo(4 * (512 + 128 + 512 * 128));
    }

    @Test
    void muonKeepsOneStateOfHiddenMatricesAndTwoOfAllElse() {
        assertThat(matrix(new Optimizer.Muon(1))).isEqualTo(4 * 512 * 128);
        assertThat(OptimizerBytes.of(new Optimizer.Muon(1), HEAD, 1, 512, 128, DataType.F32))
                .isEqualTo(8 * 512 * 128);
        assertThat(gain(new Optimizer.Muon(1))).isEqualTo(8 * 128);
    }

    private static long matrix(Optimizer optimizer) {
        return OptimizerBytes.of(optimizer, MATRIX, 1, 512, 128, DataType.F32);
    }

    private static long gain(Optimizer optimizer) {
        return OptimizerBytes.of(optimizer, GAIN, 1, 1, 128, DataType.F32);
    }
}
