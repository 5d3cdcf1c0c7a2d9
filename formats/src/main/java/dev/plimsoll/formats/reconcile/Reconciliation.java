package dev.plimsoll.formats.reconcile;

import dev.plimsoll.formats.checkpoint.Checkpoint;
import dev.plimsoll.model.architecture.DistinctParameters;
import dev.plimsoll.model.architecture.Transformer;
import dev.plimsoll.model.operator.Parameter;
import dev.plimsoll.model.units.Bytes;
import java.util.List;

/// What a checkpoint holds, set beside what its config describes: every parameter was found.
///
/// `storedElements` is the sum of the elements of all forms and all extras; without packed values and absent parts the
/// forms' parameters are the logical count.
///
/// @param logicalParameters trained tensors, tied ones once, as found in the files; optional parts (a pooler) only
///     where the files hold them, further-token prediction never
/// @param storedElements of all tensors in the files
/// @param storedBytes of all tensors in the files
/// @param forms how the logical parameters are held, the most parameters first
/// @param besideBytes of what unpacks the logical parameters: scales, zero points, packing details
/// @param extras what else the files hold
/// @param absentParts names of optional parts that the files lack
public record Reconciliation(
        long logicalParameters,
        long storedElements,
        Bytes storedBytes,
        List<WeightForm> forms,
        Bytes besideBytes,
        List<Extra> extras,
        List<String> absentParts) {
    public Reconciliation {
        forms = List.copyOf(forms);
        extras = List.copyOf(extras);
        absentParts = List.copyOf(absentParts);
    }

    /// Sets a description beside a checkpoint.
    ///
    /// @param checkpoint of safetensors, GGUF or ONNX files
    /// @throws dev.plimsoll.model.failure.InputException when a tensor is missing or has another shape
    /// @throws IllegalArgumentException for a pickle, whose tensors are not known
    public static Reconciliation of(Transformer transformer, Checkpoint checkpoint) {
        return new Reconciler(transformer, checkpoint).reconcile();
    }

    /// Names of parameters that have no known name in files of the checkpoint's format, so that nothing can be set
    /// beside it; optional parts apart.
    public static List<String> unnamed(Transformer transformer, Checkpoint checkpoint) {
        return DistinctParameters.of(transformer.parts()).stream()
                .filter(occurrence -> !occurrence.part().isOptional())
                .map(DistinctParameters.Occurrence::parameter)
                .filter(parameter -> switch (checkpoint.format()) {
                    case GGUF -> parameter.names().gguf().isEmpty();
                    case SAFETENSORS -> parameter.names().huggingFace().isEmpty();
                    case ONNX, PYTORCH -> false;
                })
                .map(Parameter::name)
                .distinct()
                .toList();
    }
}
