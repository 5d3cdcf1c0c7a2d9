package dev.plimsoll.engine.training;

import dev.plimsoll.engine.random.CounterBased;
import dev.plimsoll.model.operator.Parameter;
import java.util.Arrays;

/// Parameters to begin a training with, the same for the same seed.
///
/// Matrices and tables are bell-shaped with deviation 0.02 (Radford et al. 2019, GPT-2), the second map of a low-rank adapter
/// is zero (Hu et al. 2021, section 4.1), gains are one, and all else is zero.
public record RandomParameters(long seed) implements ParameterSource {
    private static final double DEVIATION = 0.02;

    @Override
    public Given read(ParameterPlace place) {
        Parameter parameter = place.parameter();
        float[] elements = new float[Math.toIntExact(parameter.elements())];
        switch (parameter.kind()) {
            case MATRIX, TABLE, KERNEL -> {
                if (!parameter.name().endsWith(".lora_B.weight")) {
                    CounterBased random = new CounterBased(seed).at(place.name());
                    for (int i = 0; i < elements.length; i++) {
                        elements[i] = (float) (DEVIATION * random.bell(i));
                    }
                }
            }
            case GAIN -> Arrays.fill(elements, 1);
            case BIAS, GAIN_BESIDE_ONE, RECURRENCE, CORRECTION -> {}
        }
        return new Given(parameter.fileDimensions(), elements);
    }
}
