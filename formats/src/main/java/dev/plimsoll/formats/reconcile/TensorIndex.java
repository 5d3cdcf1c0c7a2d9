package dev.plimsoll.formats.reconcile;

import dev.plimsoll.formats.checkpoint.Checkpoint;
import dev.plimsoll.formats.checkpoint.StoredTensor;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// A checkpoint's tensors by name, each to be taken once.
final class TensorIndex {
    private final List<StoredTensor> tensors;
    private final Map<String, Integer> numbers;
    private final BitSet taken = new BitSet();

    TensorIndex(Checkpoint checkpoint) {
        tensors = checkpoint.tensors();
        numbers = HashMap.newHashMap(tensors.size());
        for (int number = 0; number < tensors.size(); number++) {
            numbers.put(tensors.get(number).name(), number);
        }
    }

    /// The tensor of that name, unless it is taken.
    Optional<StoredTensor> free(String name) {
        Integer number = numbers.get(name);
        return number == null || taken.get(number) ? Optional.empty() : Optional.of(tensors.get(number));
    }

    boolean holds(String name) {
        return numbers.containsKey(name);
    }

    void take(StoredTensor tensor) {
        Integer number = numbers.get(tensor.name());
        if (number != null) {
            taken.set(number);
        }
    }

    /// All names, taken or not.
    Stream<String> names() {
        return tensors.stream().map(StoredTensor::name);
    }

    /// The tensors that nobody took, in the order of the files.
    Stream<StoredTensor> left() {
        return Stream.iterate(
                        taken.nextClearBit(0),
                        number -> number < tensors.size(),
                        number -> taken.nextClearBit(number + 1))
                .map(tensors::get);
    }
}
