package dev.plimsoll.engine.training;

import dev.plimsoll.engine.tensor.Category;
import dev.plimsoll.engine.tensor.Peak;
import dev.plimsoll.model.units.Bytes;
import java.util.List;
import java.util.Map;

/// What was observed of one training step.
///
/// @param works what each operator did, in the order of execution, those of every micro-batch
/// @param states tensors that outlive the step, allocated before the first one
/// @param allocated tensors of the step, in the order of allocation, those of every micro-batch
/// @param afterForward bytes held for each purpose when the last micro-batch's forward pass had ended
/// @param peak the most held at once during the step, and when first
/// @param scratch what kernels have for their own work, over all workers: packed panels, widened copies, rows
/// @param neverRead names of tensors that were saved for the backward pass and that nothing there read
public record Observation(
        List<OperatorWork> works,
        List<AllocatedTensor> states,
        List<AllocatedTensor> allocated,
        Map<Category, Bytes> afterForward,
        Peak peak,
        Bytes scratch,
        List<String> neverRead) {
    public Observation {
        works = List.copyOf(works);
        states = List.copyOf(states);
        allocated = List.copyOf(allocated);
        afterForward = Map.copyOf(afterForward);
        neverRead = List.copyOf(neverRead);
    }
}
