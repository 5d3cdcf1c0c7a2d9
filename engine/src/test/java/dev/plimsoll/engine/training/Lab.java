package dev.plimsoll.engine.training;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.random.CounterBased;
import dev.plimsoll.engine.tensor.AfterRelease;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.execution.AttentionKernel;
import dev.plimsoll.model.execution.Optimizer;
import dev.plimsoll.model.execution.Precision;
import dev.plimsoll.model.execution.TrainingExecution;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.model.units.Bytes;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Machines, parameters and batches for tests of training.
final class Lab {
    static final AttentionKernel WRITTEN_OUT = new AttentionKernel.Materialised();
    static final AttentionKernel TILED = new AttentionKernel.Tiled(2, 3);
    static final TrainingExecution PLAIN = TrainingExecution.of(Precision.FULL, WRITTEN_OUT);
    static final Optimizer DESCENT = new Optimizer.GradientDescent(0.1);

    private Lab() {}

    /// Whatever is released becomes NaN.
    static Machine machine(Kernels kernels, Workers workers) {
        Memory memory = new Memory(new Bytes(Long.MAX_VALUE), AfterRelease.POISON);
        return Machine.of(kernels, workers, Meter.counting(workers.count()), memory);
    }

    static Trainer trainer(Transformer model, TrainingExecution execution, Workers workers) {
        return trainer(TrainingProgram.of(model, execution), Kernels.best(), workers);
    }

    static Trainer trainer(TrainingProgram program, Kernels kernels, Workers workers) {
        return Trainer.start("tiny", program, DESCENT, Lab::lively, machine(kernels, workers), 7);
    }

    /// Parameters none of which is what training begins with, so that each has an effect: matrices scale a vector of
    /// deviation 1 to one of 1, gains are around 1, all else is around 0.
    static ParameterSource.Given lively(ParameterPlace place) {
        Parameter parameter = place.parameter();
        CounterBased random = new CounterBased(11).at(place.name());
        float[] elements = new float[Math.toIntExact(parameter.elements())];
        double inputs = parameter.shape().trailing(1).fixedElements();
        for (int i = 0; i < elements.length; i++) {
            double bell = random.bell(i);
            elements[i] = (float)
                    switch (parameter.kind()) {
                        case MATRIX, KERNEL -> bell / Math.sqrt(inputs);
                        case TABLE -> bell;
                        case GAIN -> 1 + 0.3 * bell;
                        case BIAS, GAIN_BESIDE_ONE, RECURRENCE, CORRECTION -> 0.3 * bell;
                    };
        }
        return new ParameterSource.Given(parameter.fileDimensions(), elements);
    }

    /// Sequences of random tokens, the next ones to be predicted, and types by turns.
    static Batch batch(int sequences, int length, long seed) {
        CounterBased random = new CounterBased(seed);
        int[][] tokens = new int[sequences][length];
        int[][] targets = new int[sequences][length];
        int[] types = new int[sequences * length];
        for (int i = 0; i < types.length; i++) {
            tokens[i / length][i % length] = (int) (TinyModels.VOCABULARY * random.uniform(2L * i));
            targets[i / length][i % length] = (int) (TinyModels.VOCABULARY * random.uniform(2L * i + 1));
            types[i] = i % 2;
        }
        return Batch.of(tokens, targets).withInput("types", types);
    }

    /// Each parameter's gradient after a pass over the batches.
    static Map<String, float[]> gradients(Trainer trainer, Batch... batches) {
        trainer.gradients(List.of(batches));
        Map<String, float[]> gradients = new LinkedHashMap<>();
        for (HeldParameter parameter : trainer.parameters().all()) {
            parameter
                    .trained()
                    .ifPresent(trained -> gradients.put(parameter.place().name(), floats(trained.wholeGradient())));
        }
        return gradients;
    }

    static float[] floats(Tensor tensor) {
        float[] values = new float[tensor.elements()];
        tensor.load(0, values, 0, values.length, Work.ignored());
        return values;
    }

    static double norm(float[] values) {
        double sum = 0;
        for (float value : values) {
            sum += (double) value * value;
        }
        return Math.sqrt(sum);
    }

    static boolean sameBits(Map<String, float[]> left, Map<String, float[]> right) {
        return left.keySet().equals(right.keySet())
                && left.keySet().stream().allMatch(name -> Arrays.equals(left.get(name), right.get(name)));
    }
}
