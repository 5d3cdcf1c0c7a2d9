package dev.plimsoll.engine.training;

import dev.plimsoll.engine.meter.Counts;
import dev.plimsoll.engine.operator.Machine;
import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Tensor;
import dev.plimsoll.model.shape.DataType;
import dev.plimsoll.model.units.Bytes;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/// Allocates, releases and runs, and notes down what it sees.
final class Recorder {
    private final Machine machine;
    private final List<AllocatedTensor> states = new ArrayList<>();
    private List<AllocatedTensor> allocated = states;
    private final List<OperatorWork> works = new ArrayList<>();
    private final List<String> neverRead = new ArrayList<>();
    private final List<RoutedRows> routed = new ArrayList<>();
    private int microBatch;
    private final Map<Category, Bytes> afterForward = new EnumMap<>(Category.class);

    Recorder(Machine machine) {
        this.machine = machine;
    }

    /// From here on what is seen belongs to a new step.
    void startStep() {
        allocated = new ArrayList<>();
        works.clear();
        neverRead.clear();
        routed.clear();
        microBatch = 0;
        machine.memory().moment("start");
        machine.memory().forgetPeak();
    }

    Tensor allocate(String name, List<Integer> sizes, DataType dataType, Category category) {
        Tensor tensor = machine.memory().allocate(name, sizes, dataType, category);
        allocated.add(new AllocatedTensor(name, tensor.bytes(), category, dataType));
        return tensor;
    }

    void release(Tensor tensor) {
        if (tensor.category() == Category.SAVED_ACTIVATION && !tensor.wasRead()) {
            neverRead.add(tensor.name());
        }
        machine.memory().release(tensor);
    }

    /// Says which micro-batch what follows belongs to.
    void microBatch(int number) {
        microBatch = number;
    }

    /// @param counts copies for each device with experts
    void routed(String label, List<Integer> counts) {
        routed.add(new RoutedRows(microBatch, label, counts));
    }

    List<RoutedRows> routed() {
        return List.copyOf(routed);
    }

    void forwardEnded() {
        for (Category category : Category.values()) {
            afterForward.put(category, machine.memory().held(category));
        }
    }

    /// Names the moment for what is allocated from here on.
    void moment(String label, Pass pass, String operator) {
        machine.memory().moment(OperatorWork.moment(label, pass, operator));
    }

    void run(String label, Pass pass, String operator, Runnable execution) {
        Counts before = machine.meter().counts();
        execution.run();
        works.add(
                new OperatorWork(label, operator, pass, machine.meter().counts().minus(before)));
    }

    /// @param scratch what kernels have for their own work
    Observation observation(Bytes scratch) {
        return new Observation(
                works, states, allocated, afterForward, machine.memory().peak(), scratch, neverRead);
    }
}
