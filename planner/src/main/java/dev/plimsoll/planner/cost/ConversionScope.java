package dev.plimsoll.planner.cost;

import java.util.Set;

/// Which tensors a format converts.
public enum ConversionScope {
    /// The layers' matrices. Embedding, head, routers, towers and small tensors stay as they are.
    LAYERS,
    /// The routed experts' matrices alone; in a model without experts, the layers' matrices.
    EXPERTS,
    /// The layers' matrices, and embedding, head and routers too. A router with a correction stays as it is.
    EVERY_MATRIX;

    /// Whether a tensor is converted where nothing is said of it alone.
    boolean covers(ReadTensor tensor, Set<TensorGroup> groupsOfModel) {
        TensorGroup group = TensorGroup.of(tensor);
        return switch (this) {
            case LAYERS -> group == TensorGroup.MATRICES || group == TensorGroup.EXPERTS;
            case EXPERTS ->
                groupsOfModel.contains(TensorGroup.EXPERTS)
                        ? group == TensorGroup.EXPERTS
                        : group == TensorGroup.MATRICES;
            case EVERY_MATRIX ->
                switch (group) {
                    case EMBEDDING, MATRICES, EXPERTS, HEAD -> tensor.isMatrix();
                    case ROUTERS -> !tensor.hasCorrectionBeside();
                    case SMALL, TOWERS -> false;
                };
        };
    }

    /// For people: `the layers' matrices`.
    String words(Set<TensorGroup> groupsOfModel) {
        return switch (this) {
            case LAYERS -> "the layers' matrices";
            case EXPERTS ->
                groupsOfModel.contains(TensorGroup.EXPERTS)
                        ? "the experts' matrices"
                        : "the layers' matrices, since there are no experts";
            case EVERY_MATRIX -> "matrices, embedding and head included";
        };
    }
}
