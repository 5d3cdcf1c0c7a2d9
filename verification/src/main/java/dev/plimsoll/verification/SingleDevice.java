package dev.plimsoll.verification;

import dev.plimsoll.engine.kernel.Kernels;
import dev.plimsoll.engine.kernel.Workers;
import dev.plimsoll.engine.meter.Meter;
import dev.plimsoll.engine.meter.Work;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.Memory;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.engine.training.Batch;
import dev.plimsoll.engine.training.HeldParameter;
import dev.plimsoll.engine.training.Trainer;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The same training step on one device, micro-batch by micro-batch over all replicas.
final class SingleDevice {
    private SingleDevice() {}

    static StepValues values(DistributedQuestion question, Kernels kernels) {
        try (Workers workers = new Workers(1)) {
            Machine machine = Machine.of(kernels, workers, Meter.off(), Memory.unlimited());
            try (Trainer trainer = Trainer.start(
                    question.model(),
                    question.job().whole(),
                    question.plan().optimizer(),
                    new LivelyParameters(DistributedMeasurement.SEED),
                    machine,
                    DistributedMeasurement.SEED)) {
                float loss = trainer.step(microBatches(question));
                Map<String, float[]> gradients = new LinkedHashMap<>();
                Map<String, float[]> weights = new LinkedHashMap<>();
                for (HeldParameter held : trainer.parameters().all()) {
                    String name = held.place().name();
                    weights.put(name, floats(held.weight()));
                    held.trained().ifPresent(trained -> gradients.put(name, floats(trained.wholeGradient())));
                }
                return new StepValues(loss, gradients, weights);
            }
        }
    }

    private static List<Batch> microBatches(DistributedQuestion question) {
        Batch all = DistributedMeasurement.batch(question);
        int size = question.batch().sequences();
        List<Batch> batches = new ArrayList<>();
        for (int from = 0; from < all.sequences(); from += size) {
            batches.add(all.sequences(from, from + size));
        }
        return batches;
    }

    private static float[] floats(Tensor tensor) {
        float[] values = new float[tensor.elements()];
        tensor.load(0, values, 0, values.length, Work.ignored());
        return values;
    }
}
