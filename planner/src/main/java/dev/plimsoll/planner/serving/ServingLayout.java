package dev.plimsoll.planner.serving;

import java.util.ArrayList;
import java.util.List;

/// How a served model is split over devices.
///
/// @param tensor devices that hold a part of each matrix
/// @param pipeline stages, each with layers of its own
/// @param expert devices among which the experts of a layer are dealt out
/// @param expertTensor devices that hold a part of each expert's matrices
/// @param data replicas that serve other sequences
/// @param stageLayers layers of each stage; empty for an even split
public record ServingLayout(
        int tensor, int pipeline, int expert, int expertTensor, int data, List<Integer> stageLayers) {
    /// One device.
    public static final ServingLayout ONE = split(1, 1);

    public ServingLayout {
        stageLayers = List.copyOf(stageLayers);
        if (Math.min(Math.min(tensor, pipeline), Math.min(Math.min(expert, expertTensor), data)) < 1) {
            throw new IllegalArgumentException("a degree is at least 1");
        }
    }

    /// Tensor and pipeline parallelism alone; experts are split as all other matrices are.
    public static ServingLayout split(int tensor, int pipeline) {
        return new ServingLayout(tensor, pipeline, 1, tensor, 1, List.of());
    }

    /// All devices.
    public long devices() {
        return (long) tensor * pipeline * data;
    }

    /// Layers of each stage, `layers` in all.
    ///
    /// Where they do not divide, the stages before the last get one more each, from the back: the last one has the head.
    /// Source: vllm-project/vllm, `vllm/distributed/utils.py`, `get_pp_indices`.
    List<Integer> layersOfStages(long layers) {
        if (!stageLayers.isEmpty()) {
            return stageLayers;
        }
        int each = Math.toIntExact(layers / pipeline);
        int left = Math.toIntExact(layers % pipeline);
        List<Integer> stages = new ArrayList<>();
        for (int stage = 0; stage < pipeline; stage++) {
            boolean more = stage < pipeline - 1 && stage >= pipeline - 1 - left;
            stages.add(more ? each + 1 : each);
        }
        return stages;
    }
}
