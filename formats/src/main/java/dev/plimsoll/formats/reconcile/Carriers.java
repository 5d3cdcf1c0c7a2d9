package dev.plimsoll.formats.reconcile;

import dev.plimsoll.formats.checkpoint.StoredTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/// The tensors that may carry the values of a weight: its own name, or that of a packed form.
final class Carriers {
    private static final String WEIGHT = ".weight";
    /// What ONNX's dynamic quantisation adds to a name.
    static final String QUANTIZED = "_quantized";
    private static final List<String> SUFFIXES = Arrays.stream(PackedForm.values())
            .map(PackedForm::suffix)
            .filter(suffix -> !suffix.equals(WEIGHT))
            .distinct()
            .toList();

    private Carriers() {}

    /// The tensor that carries a weight, unless there is none or it is taken.
    static Optional<StoredTensor> free(TensorIndex index, String name) {
        Optional<StoredTensor> own = index.free(name).or(() -> index.free(name + QUANTIZED));
        if (own.isPresent()) {
            return own;
        }
        String stem = stem(name);
        for (String suffix : SUFFIXES) {
            Optional<StoredTensor> packed = index.free(stem + suffix);
            if (packed.isPresent()) {
                return packed;
            }
        }
        return Optional.empty();
    }

    static boolean anyIn(TensorIndex index, String name) {
        return free(index, name).isPresent();
    }

    /// Whether a tensor in any of these forms is in the file, taken or not.
    static boolean holds(TensorIndex index, String stem) {
        return index.holds(stem + WEIGHT)
                || index.holds(stem)
                || SUFFIXES.stream().anyMatch(suffix -> index.holds(stem + suffix));
    }

    /// The name without `.weight`.
    static String stem(String name) {
        return name.endsWith(WEIGHT) ? name.substring(0, name.length() - WEIGHT.length()) : name;
    }
}
