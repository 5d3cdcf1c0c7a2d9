package dev.plimsoll.model.rewrite;

import dev.plimsoll.model.execution.TrainingExecution.Trained;
import dev.plimsoll.model.operator.Parameter;

/// Which parameters get gradients.
public final class Trainable {
    private Trainable() {}

    public static boolean is(Parameter parameter, Trained trained) {
        return switch (trained) {
            case EVERYTHING -> parameter.kind() != Parameter.Kind.CORRECTION;
            case ADAPTERS -> LowRankAdaptation.isAdapter(parameter);
            case NOTHING -> false;
        };
    }
}
