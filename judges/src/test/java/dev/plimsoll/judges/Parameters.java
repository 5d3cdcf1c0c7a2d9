package dev.plimsoll.judges;

import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.rewrite.TrainingProgram;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Values for a model of one layer, in which every parameter has a name of its own.
final class Parameters {
    private Parameters() {}

    /// The values of one parameter.
    ///
    /// @param sizes one for each group of axes: a query projection is `[a·d, h]`
    @SuppressWarnings("ArrayRecordComponent") // what is handed to both sides
    record Values(long[] sizes, float[] elements) {}

    /// Normally distributed, of a size that keeps every operator away from where it is flat.
    static Map<String, Values> random(TrainingProgram program, long seed) {
        Random random = new Random(seed);
        Map<String, Values> values = new LinkedHashMap<>();
        for (TrainingProgram.Step step : program.blocks()) {
            for (Parameter parameter : step.block().parameters()) {
                if (!values.containsKey(parameter.name())) {
                    values.put(parameter.name(), random(parameter, random));
                }
            }
        }
        return values;
    }

    private static Values random(Parameter parameter, Random random) {
        List<Long> sizes = parameter.fileDimensions();
        double deviation = switch (parameter.kind()) {
            case MATRIX -> 1.5 / Math.sqrt(sizes.getLast());
            case TABLE -> 0.5;
            case BIAS, GAIN -> 0.3;
            case GAIN_BESIDE_ONE, KERNEL, RECURRENCE, CORRECTION ->
                throw new IllegalArgumentException(parameter.name() + " is not in the judged models");
        };
        double mean = parameter.kind() == Parameter.Kind.GAIN ? 1 : 0;
        float[] elements = new float[Math.toIntExact(parameter.elements())];
        for (int i = 0; i < elements.length; i++) {
            elements[i] = (float) (mean + deviation * random.nextGaussian());
        }
        return new Values(sizes.stream().mapToLong(Long::longValue).toArray(), elements);
    }
}
