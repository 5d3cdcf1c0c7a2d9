package dev.plimsoll.engine.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.training.ParameterSource;
import dev.plimsoll.engine.training.RandomParameters;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.failure.InputException;
import dev.plimsoll.model.units.Bytes;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeldWeightsTest {
    private final Memory memory = Memory.unlimited();
    private final InferenceProgram program = InferenceProgram.of(TinyModels.llama());

    @Test
    void eachParameterIsHeldOnceATiedOneToo() {
        HeldWeights weights = HeldWeights.load(program, new RandomParameters(1), Precision.MIXED_16, memory);
        // Two layers of query and output 20 x 32, key and value 20 x 16, three matrices 20 x 24 and two norms of 20, a
        // norm at the end and the table 19 x 20, in bf16.
        assertThat(memory.held(Category.PARAMETER))
                .isEqualTo(new Bytes(2 * (2 * (2 * 20 * 32 + 2 * 20 * 16 + 3 * 20 * 24 + 2 * 20) + 20 + 19 * 20)));
        weights.close();
        assertThat(memory.held(Category.PARAMETER)).isEqualTo(Bytes.ZERO);
    }

    @Test
    void aParameterOfOtherDimensionsOrWithoutNumbersIsRefusedAndNothingStays() {
        ParameterSource good = new RandomParameters(1);
        ParameterSource broken = place -> {
            ParameterSource.Given given = good.read(place);
            if (place.name().equals("text.2/attention.key.weight")) {
                given.elements()[3] = Float.NaN;
            }
            return given;
        };
        ParameterSource narrow = place -> place.name().endsWith("attention.query.weight")
                ? new ParameterSource.Given(List.of(3L, 4L), new float[12])
                : good.read(place);
        assertThatThrownBy(() -> HeldWeights.load(program, broken, Precision.FULL, memory))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("text.2/attention.key.weight: found NaN as element 3, expected finite numbers");
        assertThatThrownBy(() -> HeldWeights.load(program, narrow, Precision.FULL, memory))
                .isInstanceOf(InputException.class)
                .hasMessageContaining("text.1/attention.query.weight: found the dimensions [3, 4], expected [32, 20]");
        assertThat(memory.held(Category.PARAMETER)).isEqualTo(Bytes.ZERO);
    }
}
