package dev.plimsoll.engine.training;

import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.operator.Operator;
import dev.plimsoll.model.operator.Value;
import dev.plimsoll.model.rewrite.BackwardStep;
import dev.plimsoll.model.rewrite.TrainingProgram;
import dev.plimsoll.model.shape.DataType;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// The batch's whole numbers as tensors: there from the start of a micro-batch to their last reader on either way.
///
/// They are saved activations where a block keeps them for its backward pass, and temporary else.
final class BatchInputs {
    private final Recorder recorder;
    private final Map<String, Tensor> tensors = new HashMap<>();
    private final Map<String, Integer> readersLeft = new HashMap<>();

    private BatchInputs(Recorder recorder) {
        this.recorder = recorder;
    }

    /// Allocates those that the program's blocks read, all of which the batch has.
    static BatchInputs of(TrainingSetup setup, Batch batch) {
        BatchInputs inputs = new BatchInputs(setup.recorder());
        Map<Value, Category> categories = inputs.countReaders(setup);
        categories.forEach((input, category) -> {
            String name = input.name();
            int[] whole = Objects.requireNonNull(batch.inputs().get(name), name);
            TokenSlice slice = setup.seat().slice(input, batch.tokens());
            int[] numbers = slice.of(whole, batch.tokens());
            List<Integer> sizes = List.of(batch.sequences(), slice.count());
            Tensor tensor = setup.recorder().allocate(name, sizes, DataType.I32, category);
            System.arraycopy(numbers, 0, tensor.integers(), 0, numbers.length);
            inputs.tensors.put(name, tensor);
        });
        return inputs;
    }

    private Map<Value, Category> countReaders(TrainingSetup setup) {
        Map<Value, Category> categories = new LinkedHashMap<>();
        List<TrainingProgram.Step> blocks = setup.program().blocks();
        for (int block = 0; block < blocks.size(); block++) {
            TrainingProgram.Step step = blocks.get(block);
            Lifetimes lifetimes = setup.lifetimes().get(block);
            for (Value input : Lifetimes.batchInputs(step.block())) {
                categories.putIfAbsent(input, Category.TEMPORARY);
                if (lifetimes.keeps(input.name())) {
                    categories.put(input, Category.SAVED_ACTIVATION);
                }
                int readers = 0;
                for (Operator operator : step.block().operators()) {
                    readers += operator.reads().contains(input) ? 1 : 0;
                }
                for (BackwardStep backward : lifetimes.wayBack().steps()) {
                    readers += Lifetimes.reads(backward).contains(input.name()) ? 1 : 0;
                }
                readersLeft.merge(input.name(), readers, Integer::sum);
            }
        }
        return categories;
    }

    Tensor get(Value input) {
        Tensor tensor = tensors.get(input.name());
        if (tensor == null) {
            throw new IllegalStateException("the batch has no " + input.name());
        }
        return tensor;
    }

    boolean has(String name) {
        return readersLeft.containsKey(name);
    }

    Iterable<Tensor> alive() {
        return tensors.values();
    }

    /// Says that somebody has read it who will not read it again.
    void wasRead(String name) {
        if (readersLeft.merge(name, -1, Integer::sum) == 0) {
            recorder.release(Objects.requireNonNull(tensors.remove(name), name));
        }
    }
}
