package dev.plimsoll.verification;

import dev.plimsoll.engine.random.CounterBased;
import dev.plimsoll.engine.training.ParameterPlace;
import dev.plimsoll.engine.training.ParameterSource;
import dev.plimsoll.model.operator.Parameter;

/// Parameters none of which is what training begins with, so that each has an effect: matrices scale a vector of
/// deviation 1 to one of 1, gains are around 1, all else is around 0.
record LivelyParameters(long seed) implements ParameterSource {
    private static final double SMALL = 0.3;

    @Override
    public Given read(ParameterPlace place) {
        Parameter parameter = place.parameter();
        CounterBased random = new CounterBased(seed).at(place.name());
        float[] elements = new float[Math.toIntExact(parameter.elements())];
        double inputs = parameter.shape().trailing(1).fixedElements();
        for (int i = 0; i < elements.length; i++) {
            double bell = random.bell(i);
            elements[i] = (float)
                    switch (parameter.kind()) {
                        case MATRIX, KERNEL -> bell / Math.sqrt(inputs);
                        case TABLE -> bell;
                        case GAIN -> 1 + SMALL * bell;
                        case BIAS, GAIN_BESIDE_ONE, RECURRENCE, CORRECTION -> SMALL * bell;
                    };
        }
        return new Given(parameter.fileDimensions(), elements);
    }
}
