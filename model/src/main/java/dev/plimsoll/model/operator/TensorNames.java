package dev.plimsoll.model.operator;

import java.util.List;

/// The names a parameter bears in the files of Hugging Face and in GGUF files, alternatives in the order of preference.
///
/// A list is empty where the parameter has no published name there.
public record TensorNames(List<TensorName> huggingFace, List<TensorName> gguf) {
    public static final TensorNames NONE = new TensorNames(List.of(), List.of());

    public TensorNames {
        huggingFace = List.copyOf(huggingFace);
        gguf = List.copyOf(gguf);
    }
}
