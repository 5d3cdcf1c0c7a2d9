package dev.plimsoll.model.execution;

import dev.plimsoll.model.operator.DeviceGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/// The devices of a run by their ranks, and who acts together with whom.
///
/// `rank = ((stage · dp + data) · cp + context) · tp + tensor`. For experts the devices of one stage, in this order, are
/// numbered `(replica · ep + expert) · etp + part`. Source: NVIDIA/Megatron-LM, `parallel_state.py`.
public record DeviceGrid(Parallelism parallelism) {
    /// Where a device stands among those that hold experts.
    ///
    /// @param part which part of each expert's matrices it holds
    /// @param expert which of the layer's experts it holds: the so-manieth run of them
    /// @param replica among those that hold the same
    public record ExpertPlace(int part, int expert, int replica) {}

    public int devices() {
        return Math.toIntExact(parallelism.devices());
    }

    public Place place(int rank) {
        int tensor = parallelism.tensor().degree();
        int context = parallelism.context().degree();
        int data = parallelism.data().degree();
        return new Place(
                rank % tensor,
                rank / tensor % context,
                rank / (tensor * context) % data,
                rank / (tensor * context * data));
    }

    public int rank(Place place) {
        return ((place.stage() * parallelism.data().degree() + place.data())
                                        * parallelism.context().degree()
                                + place.context())
                        * parallelism.tensor().degree()
                + place.tensor();
    }

    public ExpertPlace expertPlace(int rank) {
        int inStage = rank % devicesOfAStage();
        int parts = parallelism.expert().tensorDegree();
        int experts = parallelism.expert().degree();
        return new ExpertPlace(inStage % parts, inStage / parts % experts, inStage / (parts * experts));
    }

    private int devicesOfAStage() {
        return parallelism.tensor().degree()
                * parallelism.context().degree()
                * parallelism.data().degree();
    }

    /// The ranks of a group that a device belongs to, ascending.
    ///
    /// @param keyValueHeads of the model, by which [DeviceGroup#KEY_VALUE_REPLICAS] goes
    public List<Integer> members(int rank, DeviceGroup group, long keyValueHeads) {
        Place own = place(rank);
        ExpertPlace experts = expertPlace(rank);
        int stages = parallelism.pipeline().degree();
        return switch (group) {
            case TENSOR ->
                among(other -> other.equals(new Place(other.tensor(), own.context(), own.data(), own.stage())));
            case KEY_VALUE_REPLICAS -> {
                long replicas = Math.max(1, parallelism.tensor().degree() / keyValueHeads);
                yield members(rank, DeviceGroup.TENSOR, keyValueHeads).stream()
                        .filter(other -> place(other).tensor() / replicas == own.tensor() / replicas)
                        .toList();
            }
            case CONTEXT ->
                among(other -> other.equals(new Place(own.tensor(), other.context(), own.data(), own.stage())));
            case DATA -> among(other -> other.tensor() == own.tensor() && other.stage() == own.stage());
            case PIPELINE ->
                among(other -> other.equals(new Place(own.tensor(), own.context(), own.data(), other.stage())));
            case PIPELINE_ENDS ->
                members(rank, DeviceGroup.PIPELINE, keyValueHeads).stream()
                        .filter(other ->
                                place(other).stage() == 0 || place(other).stage() == stages - 1)
                        .toList();
            case EXPERT ->
                inStage(own, other -> other.part() == experts.part() && other.replica() == experts.replica());
            case EXPERT_TENSOR ->
                inStage(own, other -> other.expert() == experts.expert() && other.replica() == experts.replica());
            case EXPERT_DATA ->
                inStage(own, other -> other.expert() == experts.expert() && other.part() == experts.part());
        };
    }

    private List<Integer> among(Predicate<Place> belongs) {
        List<Integer> ranks = new ArrayList<>();
        for (int rank = 0; rank < devices(); rank++) {
            if (belongs.test(place(rank))) {
                ranks.add(rank);
            }
        }
        return ranks;
    }

    private List<Integer> inStage(Place own, Predicate<ExpertPlace> belongs) {
        return among(other -> other.stage() == own.stage() && belongs.test(expertPlace(rank(other))));
    }
}
